namespace EventStore.EF.Faults;

/// <summary>The databases.</summary>
[Flags]
internal enum Provider
{
    PostgreSql = 1,
    Sqlite = 2,
    Both = PostgreSql | Sqlite,
}
