using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;

namespace EventStore.EF.Benchmarks;

/// <summary>
/// How long the write-ahead log becomes beside its limit, while callers append, a subscription reads, and readers of all events lag: each
/// pauses between its events, so that there is always one in the middle of a read.
/// </summary>
internal sealed record LogCase(string Name, Reach TimesTheLimit) : BenchmarkCase(Name, Provider.Sqlite)
{
    private const int Callers = 4;
    private const int Readers = 4;

    public override async Task<Outcome> RunAsync(Laboratory laboratory)
    {
        using var file = new EmbeddedFile();
        var limit = new SqliteOptions().MaxLogBytes;
        await using var host = await SubscribedHost.StartAsync(
            store => store.UseSqlite(file.ConnectionString()).MigrateOnStart().AddSubscriber<CountingHandler>("log"),
            services => services.AddSingleton(new Tally()));
        using var ending = new CancellationTokenSource();
        var streams = StreamNames.First(1000);
        var appended = 0;
        var work = Task.WhenAll(
        [
            .. Enumerable.Range(0, Callers).Select(_ => Task.Run(async () =>
            {
                while (!ending.IsCancellationRequested)
                {
                    await host.Store.AppendAsync(streams.Next(), 1);
                    Interlocked.Increment(ref appended);
                }
            })),
            .. Enumerable.Range(0, Readers).Select(_ => Task.Run(() => ReadAsync(host.Store, ending.Token))),
        ]);
        laboratory.Progress.Show($"{Name}: measuring");
        var longest = 0L;
        var clock = Stopwatch.StartNew();
        while (clock.Elapsed < TimeSpan.FromSeconds(laboratory.Times(1) * laboratory.Rounds))
        {
            longest = Math.Max(longest, new FileInfo($"{file.Path()}-wal") is { Exists: true } log ? log.Length : 0);
            await Task.Delay(20);
        }

        await ending.CancelAsync();
        await work;
        return new(
            this, "× the limit", new("longest log", longest / (double)limit, Reach: TimesTheLimit),
            [
                new("longest log, MB", longest / 1e6), new("database, MB", new FileInfo(file.Path()).Length / 1e6), new("appends", appended),
            ]);
    }

    private static async Task ReadAsync(IEventStore store, CancellationToken ct)
    {
        while (!ct.IsCancellationRequested)
        {
            try
            {
                var count = 0;
                await foreach (var _ in store.ReadAllAsync(new() { PageSize = 100 }, ct))
                {
                    if (++count % 10 == 0)
                        await Task.Delay(1, ct);
                }
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }
}
