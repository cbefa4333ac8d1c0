using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace EventStore.EF.Benchmarks;

/// <summary>Appends to PostgreSQL.</summary>
/// <param name="Name">For people.</param>
/// <param name="Callers">How many append at once.</param>
internal sealed record PostgreSqlAppendCase(string Name, int Callers) : BenchmarkCase(Name)
{
    /// <summary>The name of the database that these cases share.</summary>
    public const string Site = "append";

    /// <summary>How many streams there are to choose from at random.</summary>
    public int Streams { get; init; } = 1000;

    /// <summary>How many events an append has.</summary>
    public int Events { get; init; } = 1;

    /// <summary>The most connections, of the store and of the floor. With fewer than callers the floor opens one for each append.</summary>
    public int PoolSize { get; init; } = 100;

    /// <summary>Settings of the connections of both.</summary>
    public string? ServerOptions { get; init; }

    public Reach? Rate { get; init; }

    public Reach? Latency { get; init; }

    public Reach? ServerCpu { get; init; }

    public override async Task<Outcome> RunAsync(Laboratory laboratory)
    {
        var site = await laboratory.PostgreSqlAsync(Site);
        var streams = StreamNames.First(Streams);
        var connectionString = site.Connect(PoolSize, ServerOptions);
        await using var host = new StoreHost(store => store.UsePostgreSql(connectionString));
        await using var floor = await PostgreSqlFloor.OpenAsync(connectionString, PostgreSqlSite.FloorSchema, Callers, Events);
        var comparison = await laboratory.Contest.RunAsync(
            Name,
            new Workload(Callers, _ => host.Store.AppendAsync(streams.Next(), Events)),
            new Workload(Callers, caller => floor.AppendAsync(caller, streams.Next())),
            site.Processes);
        await using (var connection = new NpgsqlConnection(connectionString))
            NpgsqlConnection.ClearPool(connection);

        return new(this, "appends/s", comparison.Rate(Rate), [.. comparison.Beside(Latency, ServerCpu)]);
    }
}
