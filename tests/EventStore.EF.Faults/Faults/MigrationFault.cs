using Npgsql;

namespace EventStore.EF.Faults;

/// <summary>A migration while everything runs: the table of events is locked for its whole length.</summary>
internal abstract class MigrationFault : PostgreSqlFault
{
    public override bool IsAlone => true;

    protected abstract string Ending { get; }

    protected sealed override async Task<string> StrikeAsync(PostgreSqlLaboratory laboratory, Random random, CancellationToken ct)
    {
        var time = Between(random, 1, 6);
        try
        {
            await laboratory.Server.ExecuteAsync($"""
                BEGIN;
                ALTER TABLE eventstore.events ADD COLUMN faults_migration int DEFAULT 1;
                SELECT pg_sleep({time.TotalSeconds.ToString(System.Globalization.CultureInfo.InvariantCulture)});
                ALTER TABLE eventstore.events DROP COLUMN faults_migration;
                {Ending};
                COMMIT
                """, ct: ct).ConfigureAwait(false);
            return $"for {time.TotalSeconds:0.0} s";
        }
        catch (PostgresException exception)
        {
            return $"for {time.TotalSeconds:0.0} s, then {exception.SqlState}";
        }
    }
}
