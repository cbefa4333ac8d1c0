namespace EventStore.EF.Benchmarks;

/// <summary>A database that the store runs on.</summary>
internal enum Provider
{
    PostgreSql,
    Sqlite,
}
