using Microsoft.Extensions.DependencyInjection;

namespace EventStore.EF.Benchmarks;

/// <summary>Appends of one event while OpenTelemetry listens, beside the same without a listener.</summary>
/// <param name="Name">For people.</param>
/// <param name="Callers">How many append at once.</param>
/// <param name="Provider">The database.</param>
internal sealed record ObservedAppendCase(string Name, int Callers, Provider Provider = Provider.PostgreSql) : BenchmarkCase(Name, Provider)
{
    private const int Streams = 1000;

    /// <summary>Whether it listens to spans, besides metrics.</summary>
    public bool ListensToSpans { get; init; } = true;

    public Reach? Rate { get; init; }

    public override async Task<Outcome> RunAsync(Laboratory laboratory)
    {
        if (Provider is Provider.Sqlite)
        {
            var file = (await laboratory.SqliteAsync()).StoreFile;
            return await RunAsync(laboratory, store => store.UseSqlite(file), server: null);
        }

        var site = await laboratory.PostgreSqlAsync("telemetry");
        return await RunAsync(laboratory, store => store.UsePostgreSql(site.Connect(100, null)), site.Processes);
    }

    private async Task<Outcome> RunAsync(Laboratory laboratory, Action<EventStoreBuilder> configure, ServerProcesses? server)
    {
        var streams = StreamNames.First(Streams);
        await using var host = new StoreHost(configure);
        var appends = new Workload(Callers, _ => host.Store.AppendAsync(streams.Next(), 1));
        var comparison = await laboratory.Contest.RunAsync(
            Name, appends with { Accompany = () => new Listening(ListensToSpans) }, appends, server);
        return new(this, "appends/s", comparison.Rate(Rate), [.. comparison.Beside()]);
    }
}
