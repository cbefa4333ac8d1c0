using System.Diagnostics;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;

namespace EventStore.EF.Benchmarks;

/// <summary>
/// A host starts on a large file, and its subscriber catches up; the floor reads the same rows by one statement. The peak of memory is that
/// of a process which does nothing else.
/// </summary>
internal sealed record LargeFileCase(string Name, int Events) : BenchmarkCase(Name, Provider.Sqlite)
{
    private const int InOneAppend = 10_000;

    public override async Task<Outcome> RunAsync(Laboratory laboratory)
    {
        using var file = new EmbeddedFile();
        await StoreHost.MigrateAsync(store => store.UseSqlite(file.ConnectionString()));
        await FillAsync(laboratory, file.ConnectionString());

        var (starts, rates, ratios, peaks) = (new List<double>(), new List<double>(), new List<double>(), new List<double>());
        for (var round = 0; round <= laboratory.Rounds; round++)
        {
            laboratory.Progress.Show($"{Name}: round {round} of {laboratory.Rounds}");
            var floor = Read(file.ConnectionString());
            var tally = new Tally();
            var all = tally.ExpectAsync(Events);
            var began = Stopwatch.GetTimestamp();
            await using var host = await SubscribedHost.StartAsync(
                store => store.UseSqlite(file.ConnectionString()).AddSubscriber<CountingHandler>(
                    $"catch-up-{round}", options => options.PageSize = 1000),
                services => services.AddSingleton(tally));
            var started = Stopwatch.GetElapsedTime(began);
            await all;
            var caughtUp = Stopwatch.GetElapsedTime(began);

            // The first round pays for the compiler.
            if (round == 0)
                continue;

            starts.Add(started.TotalMilliseconds);
            rates.Add(Events / caughtUp.TotalSeconds);
            ratios.Add(floor / caughtUp);
            peaks.Add(await CatchUpProcess.PeakAsync(file.ConnectionString(), $"memory-{round}", Events));
        }

        return new(
            this, "events/s", new("caught up", Statistics.Median(rates), Ratio: Statistics.Median(ratios), Reach: Reach.RatioAtLeast(0.6)),
            [
                new("start ms", Statistics.Median(starts), Reach: Reach.AtMost(100)),
                new("peak of memory, MB", Statistics.Median(peaks), Reach: Reach.AtMost(120)),
            ]);
    }

    private async Task FillAsync(Laboratory laboratory, string connectionString)
    {
        await using var host = new StoreHost(store => store.UseSqlite(connectionString));
        for (var count = 0; count < Events; count += InOneAppend)
        {
            laboratory.Progress.Show($"{Name}: {count:N0} events");
            await host.Store.AppendAsync($"order-{count / InOneAppend % 1000}", Math.Min(InOneAppend, Events - count));
        }
    }

    /// <summary>All rows by one statement, every column taken.</summary>
    private TimeSpan Read(string connectionString)
    {
        var began = Stopwatch.GetTimestamp();
        using var connection = new SqliteConnection(connectionString);
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = """
            SELECT e.position, s.name, e.version, e.created_at, e.event_id, e.type, e.schema_version, e.data, e.metadata, e.correlation_id, e.causation_id
            FROM eventstore_events AS e JOIN eventstore_streams AS s ON s.id = e.stream_id
            ORDER BY e.position
            """;
        using var reader = command.ExecuteReader();
        var values = new object[reader.FieldCount];
        var count = 0;
        while (reader.Read())
        {
            reader.GetValues(values);
            count++;
        }

        return count == Events ? Stopwatch.GetElapsedTime(began) : throw new InvalidOperationException($"The file has {count} events.");
    }
}
