namespace EventStore.EF.Faults;

/// <summary>Tells every few seconds how it goes.</summary>
internal sealed class ProgressLine : IAsyncDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    private readonly PeriodicTimer _timer = new(Interval, TimeProvider.System);
    private readonly long _started = TimeProvider.System.GetTimestamp();
    private readonly TextWriter _output;
    private readonly Func<FormattableString> _text;
    private readonly Task _showing;

    public ProgressLine(TextWriter output, Func<FormattableString> text)
    {
        (_output, _text) = (output, text);
        _showing = ShowAsync();
    }

    public void Say(string line)
    {
        lock (_output)
            _output.WriteLine(FormattableString.Invariant($"{TimeProvider.System.GetElapsedTime(_started).TotalSeconds,6:0.0} s  {line}"));
    }

    public async ValueTask DisposeAsync()
    {
        _timer.Dispose();
        await _showing.ConfigureAwait(false);
        Say(FormattableString.Invariant(_text()));
    }

    private async Task ShowAsync()
    {
        while (await _timer.WaitForNextTickAsync().ConfigureAwait(false))
            Say(FormattableString.Invariant(_text()));
    }
}
