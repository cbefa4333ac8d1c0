using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.DependencyInjection;

namespace EventStore.EF.Benchmarks;

/// <summary>
/// A host whose subscriber catches up in a process that does nothing else, so that its peak of memory is the host's: whoever has filled the
/// file keeps what that took.
/// </summary>
internal static class CatchUpProcess
{
    /// <summary>The first argument of such a process; connection string, subscription and number of events follow.</summary>
    public const string Word = "catch-up-process";

    /// <summary>Catches up in this process and writes its peak of memory, in megabytes.</summary>
    public static async Task<int> RunAsync(string connectionString, string subscription, int events)
    {
        var tally = new Tally();
        var all = tally.ExpectAsync(events);
        await using var host = await SubscribedHost.StartAsync(
            store => store.UseSqlite(connectionString).AddSubscriber<CountingHandler>(subscription, options => options.PageSize = 1000),
            services => services.AddSingleton(tally));
        await all;
        Console.WriteLine(Memory.Peak().ToString(CultureInfo.InvariantCulture));
        return 0;
    }

    /// <summary>Starts a process that catches up, and returns its peak of memory, in megabytes.</summary>
    public static async Task<double> PeakAsync(string connectionString, string subscription, int events)
    {
        var program = Environment.ProcessPath!;
        string[] entry = Path.GetFileNameWithoutExtension(program) == "dotnet" ? [typeof(CatchUpProcess).Assembly.Location] : [];
        using var process = Process.Start(new ProcessStartInfo(
            program, [.. entry, Word, connectionString, subscription, events.ToString(CultureInfo.InvariantCulture)])
        {
            RedirectStandardOutput = true,
        })!;
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return process.ExitCode == 0
            ? double.Parse(output, CultureInfo.InvariantCulture)
            : throw new InvalidOperationException($"The process that catches up ended with {process.ExitCode}: {output}");
    }
}
