namespace Ordering.Crowd;

/// <summary>Shows progress: one redrawn line on a terminal, one line per second if the output is redirected.</summary>
internal static class Progress
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(Console.IsOutputRedirected ? 1 : 0.2);

    public static async Task ShowAsync(Task work, Func<Task<string>> text)
    {
        var width = 0;
        while (await Task.WhenAny(work, Task.Delay(Interval)) != work)
            await WriteAsync();

        await work;
        await WriteAsync();
        if (!Console.IsOutputRedirected)
            Console.WriteLine();

        async Task WriteAsync()
        {
            var line = await text();
            Console.Write(Console.IsOutputRedirected ? $"{line}\n" : $"\r{line.PadRight(width)}");
            width = line.Length;
        }
    }
}
