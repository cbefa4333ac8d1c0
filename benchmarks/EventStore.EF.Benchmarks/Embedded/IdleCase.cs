using System.Globalization;
using Microsoft.Extensions.DependencyInjection;

namespace EventStore.EF.Benchmarks;

/// <summary>Hosts with a subscriber each, to whose stores nobody appends: what they use of the machine after a quiet minute.</summary>
/// <param name="Name">For people.</param>
/// <param name="Stores">How many stores the process has.</param>
/// <param name="CpuPercent">Of one core.</param>
/// <param name="WakeUps">How often threads of the process go to sleep by themselves, in a second.</param>
/// <param name="BytesADay">What is written to disk, in megabytes of 1,000,000 bytes.</param>
internal sealed record IdleCase(string Name, int Stores, Reach CpuPercent, Reach? WakeUps, Reach? BytesADay) : BenchmarkCase(Name, Provider.Sqlite)
{
    private static readonly TimeSpan QuietMinute = TimeSpan.FromSeconds(65);

    public override async Task<Outcome> RunAsync(Laboratory laboratory)
    {
        using var file = new EmbeddedFile();
        var hosts = new List<SubscribedHost>();
        for (var number = 0; number < Stores; number++)
        {
            var connectionString = file.ConnectionString(number);
            hosts.Add(await SubscribedHost.StartAsync(
                store => store.UseSqlite(connectionString).MigrateOnStart().AddSubscriber<CountingHandler>("idle"),
                services => services.AddSingleton(new Tally())));
            await hosts[^1].Store.AppendAsync("order", 1);
        }

        laboratory.Progress.Show($"{Name}: a quiet minute");
        await Task.Delay(QuietMinute);
        laboratory.Progress.Show($"{Name}: measuring");
        var (cpu, sleeps, bytes) = (Cpu(), Sleeps(), Written());
        var time = TimeSpan.FromSeconds(Math.Max(30, laboratory.Times(1) * laboratory.Rounds));
        await Task.Delay(time);
        var outcome = new Outcome(
            this, "%", new("CPU of a core", (Cpu() - cpu) / time * 100, Reach: CpuPercent),
            [
                new("wake-ups/s", (Sleeps() - sleeps) / time.TotalSeconds, Reach: WakeUps),
                new("MB written a day", (Written() - bytes) / time.TotalSeconds * 86_400 / 1e6, Reach: BytesADay),
            ]);
        foreach (var host in hosts)
            await host.DisposeAsync();

        return outcome;
    }

    private static TimeSpan Cpu() => ProcessTimes.OfThisProcess()!.Own;

    private static long Sleeps() => Directory.EnumerateDirectories("/proc/self/task").Sum(thread =>
    {
        try
        {
            return Number(File.ReadLines(Path.Combine(thread, "status")), "voluntary_ctxt_switches:");
        }
        catch (IOException)
        {
            // It has just ended.
            return 0;
        }
    });

    private static long Written() => Number(File.ReadLines("/proc/self/io"), "write_bytes:");

    private static long Number(IEnumerable<string> lines, string key)
        => long.Parse(lines.First(line => line.StartsWith(key, StringComparison.Ordinal))[key.Length..], CultureInfo.InvariantCulture);
}
