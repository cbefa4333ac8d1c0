using Npgsql;

namespace EventStore.EF.Faults;

internal sealed class HeldStreams : PostgreSqlFault
{
    public override string Name => "held-streams";

    public override string Description => "Somebody's open transaction holds half of the shared streams for seconds.";

    protected override async Task<string> StrikeAsync(PostgreSqlLaboratory laboratory, Random random, CancellationToken ct)
    {
        var time = Between(random, 1, 4);
        try
        {
            await laboratory.Server.ExecuteAsync($"""
                BEGIN;
                SELECT count(*) FROM (SELECT FROM eventstore.streams WHERE name LIKE 'shared-%' AND id % 2 = 0 ORDER BY id FOR UPDATE) held;
                SELECT pg_sleep({time.TotalSeconds.ToString(System.Globalization.CultureInfo.InvariantCulture)});
                ROLLBACK
                """, ct: ct).ConfigureAwait(false);
            return $"for {time.TotalSeconds:0.0} s";
        }
        catch (NpgsqlException exception)
        {
            return $"until {exception.Message}";
        }
    }
}
