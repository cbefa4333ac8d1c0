using Npgsql;

namespace EventStore.EF.Benchmarks;

/// <summary>
/// A subscription catches up with the whole store, again and again; the floor reads the same events, page by page, payloads as they stand.
/// </summary>
/// <param name="Name">For people.</param>
/// <param name="Reach">What it is meant to reach.</param>
internal abstract record CatchUpCase(string Name, Reach Reach) : BenchmarkCase(Name)
{
    protected const int PageSize = 1000;
    protected const int CheckpointEvery = 1000;
    private const int PoolSize = 10;

    public override async Task<Outcome> RunAsync(Laboratory laboratory)
    {
        var site = await ReadStock.OpenAsync(laboratory);
        var connectionString = site.Connect(PoolSize);
        await using var dataSource = NpgsqlDataSource.Create(connectionString);
        await using var floor = await FloorReader.OpenAsync(dataSource);
        return await RunAsync(laboratory, connectionString, new Workload(1, _ => ReadAsync(floor), ReadStock.Events), site.Processes);
    }

    protected abstract Task<Outcome> RunAsync(Laboratory laboratory, string connectionString, Workload floor, ServerProcesses? processes);

    protected async Task<Outcome> CompareAsync(Laboratory laboratory, Func<Task> catchUp, Workload floor, ServerProcesses? processes)
    {
        var comparison = await laboratory.Contest.RunAsync(Name, new Workload(1, _ => catchUp(), ReadStock.Events), floor, processes);
        return new(this, "events/s", comparison.Rate(Reach), [.. comparison.Beside()]);
    }

    private static async Task ReadAsync(FloorReader floor)
    {
        var after = 0L;
        while (await floor.ReadPageAsync(after, PageSize) is { Count: > 0 } page)
            after = page[^1].Position;
    }
}
