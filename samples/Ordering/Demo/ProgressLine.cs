namespace Ordering.Demo;

/// <summary>Shows how it goes until it is disposed of: one line redrawn on a terminal, a line a second where output is redirected.</summary>
internal sealed class ProgressLine : IAsyncDisposable
{
    private readonly PeriodicTimer _timer = new(TimeSpan.FromSeconds(Console.IsOutputRedirected ? 1 : 0.1));
    private readonly Func<FormattableString> _text;
    private readonly Task _showing;
    private int _width;

    public ProgressLine(Func<FormattableString> text)
    {
        _text = text;
        _showing = ShowAsync();
    }

    public async ValueTask DisposeAsync()
    {
        _timer.Dispose();
        await _showing;
        Write();
        if (!Console.IsOutputRedirected)
            Console.WriteLine();
    }

    private async Task ShowAsync()
    {
        while (await _timer.WaitForNextTickAsync())
            Write();
    }

    private void Write()
    {
        var text = FormattableString.Invariant(_text());
        if (Console.IsOutputRedirected)
        {
            Console.WriteLine(text);
            return;
        }

        Console.Write($"\r{text.PadRight(_width)}");
        _width = text.Length;
    }
}
