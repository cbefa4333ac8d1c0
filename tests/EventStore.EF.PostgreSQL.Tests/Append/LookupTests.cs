using System.Data.Common;
using EventStore.EF.Specification;

namespace EventStore.EF.PostgreSQL.Tests.Append;

/// <summary>
/// The server keeps the plans of a function while the connection lasts. Those that it made for empty tables must do for full ones: it
/// makes no new ones until the tables are next analyzed.
/// </summary>
public sealed class LookupTests(PostgreSqlFixture fixture) : OwnDatabaseSpecification(fixture), IClassFixture<PostgreSqlFixture>
{
    private const int Many = 20_000;

    private const string One = "gen_random_uuid(), 't', 1, NULL, '{}', NULL, NULL, NULL, NULL";
    private const string Two = "ARRAY[gen_random_uuid(), gen_random_uuid()], ARRAY['t', 't'], ARRAY[1, 1], NULL, ARRAY['{}', '{}']::json[], NULL, NULL, NULL, NULL";

    /// <summary>Calls of the functions; {0} is a stream that stands and {1} one that doesn't.</summary>
    public static TheoryData<string> Calls =>
    [
        $"append('{{0}}', -1, NULL, {One})",
        $"append('{{1}}', -1, NULL, {One})",
        $"append_many('{{0}}', -1, NULL, {Two})",
        $"append_many('{{1}}', -1, NULL, {Two})",
        $"append_group(ARRAY['{{0}}', '{{1}}'], ARRAY[-1, -1], ARRAY[1, 1], ARRAY[1, 2], {Two})",
        "expect('{0}', -2)",
        "link('{0}', -1, ARRAY(SELECT event_id FROM eventstore.events ORDER BY position LIMIT 3))",
        "remove('{0}', -1, NULL)",
        "remove('{0}', -1, 2)",
    ];

    [Theory]
    [MemberData(nameof(Calls))]
    public async Task A_write_reads_a_few_rows_however_the_tables_have_grown_since_its_plan_was_made(string call)
    {
        await Database.ExecuteAsync("VACUUM ANALYZE {streams}, {events}, {stream_links}, {snapshots}");
        await using var connection = await Database.OpenAsync();

        // More often than the server tries a plan of its own for each call.
        for (var time = 0; time < 10; time++)
        {
            await ExecuteAsync(connection, $"SELECT eventstore.append('early-{time}', -1, NULL, {One})");
            await ExecuteAsync(connection, Statement(call, $"early-{time}", $"new-{time}"));
        }

        await Database.ExecuteAsync($$"""
            INSERT INTO {streams} (name, version) SELECT 'late-' || number, 1 FROM generate_series(1, {{Many}}) number;
            INSERT INTO {events} (stream_id, version, event_id, type, data) SELECT id, 1, gen_random_uuid(), 't', '{}' FROM {streams} WHERE name LIKE 'late-%'
            """);

        await using var transaction = await connection.BeginTransactionAsync(Ct);
        var before = await RowsReadAsync(connection);
        await ExecuteAsync(connection, Statement(call, "late-77", "new"));
        var read = await RowsReadAsync(connection) - before;
        Assert.InRange(read, 1, 200);
    }

    private static string Statement(string call, string standing, string missing)
        => $"SELECT eventstore.{call.Replace("{0}", standing, StringComparison.Ordinal).Replace("{1}", missing, StringComparison.Ordinal)}";

    private async Task ExecuteAsync(DbConnection connection, string sql)
    {
        await using var command = Database.Command(connection, sql);
        await command.ExecuteNonQueryAsync(Ct);
    }

    /// <summary>By this transaction so far.</summary>
    private async Task<long> RowsReadAsync(DbConnection connection)
    {
        await using var command = Database.Command(
            connection, "SELECT sum(seq_tup_read + coalesce(idx_tup_fetch, 0) + coalesce(idx_scan, 0))::bigint FROM pg_stat_xact_user_tables WHERE schemaname = 'eventstore'");
        return (long)(await command.ExecuteScalarAsync(Ct))!;
    }
}
