namespace EventStore.EF.Faults;

/// <summary>A fault of the PostgreSQL server, or of the way to it.</summary>
internal abstract class PostgreSqlFault : Fault
{
    public sealed override Provider Providers => Provider.PostgreSql;

    public sealed override Task<string> StrikeAsync(Laboratory laboratory, Random random, CancellationToken ct)
        => StrikeAsync((PostgreSqlLaboratory)laboratory, random, ct);

    protected abstract Task<string> StrikeAsync(PostgreSqlLaboratory laboratory, Random random, CancellationToken ct);
}
