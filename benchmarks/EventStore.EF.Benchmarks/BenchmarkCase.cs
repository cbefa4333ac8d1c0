namespace EventStore.EF.Benchmarks;

/// <summary>One row of a table.</summary>
internal abstract record BenchmarkCase(string Name, Provider Provider = Provider.PostgreSql)
{
    public abstract Task<Outcome> RunAsync(Laboratory laboratory);
}
