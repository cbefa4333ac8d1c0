using Microsoft.Data.Sqlite;

namespace EventStore.EF.Sqlite.Tests.Schema;

/// <summary>The guards of links, and the pass by which the store's own removals get past all guards.</summary>
public sealed class RemovalGuardTests(SqliteFixture fixture) : SqliteSpecification(fixture)
{
    [Theory]
    [InlineData("UPDATE eventstore_stream_links SET number = number + 100")]
    [InlineData("UPDATE OR REPLACE eventstore_stream_links SET number = 1")]
    [InlineData("DELETE FROM eventstore_stream_links")]
    [InlineData("REPLACE INTO eventstore_stream_links SELECT stream_id, number, position FROM eventstore_stream_links")]
    [InlineData("REPLACE INTO eventstore_stream_links SELECT stream_id, number + 100, position FROM eventstore_stream_links")]
    [InlineData("REPLACE INTO eventstore_stream_links SELECT stream_id, number, position + 1 FROM eventstore_stream_links")]
    [InlineData("REPLACE INTO eventstore_stream_links (rowid, stream_id, number, position) SELECT rowid, stream_id, number + 100, position + 1 FROM eventstore_stream_links")]
    [InlineData("INSERT INTO eventstore_stream_links SELECT stream_id, number, position FROM eventstore_stream_links WHERE true ON CONFLICT (stream_id, number) DO UPDATE SET position = 1")]
    public async Task Changing_links_is_refused(string sql)
    {
        var target = await TargetAsync(await StreamAsync(3));
        foreach (var foreignKeys in (bool[])[true, false])
        {
            await using var connection = await ConnectAsync($"Foreign Keys={foreignKeys}");
            var exception = Assert.Throws<SqliteException>(() => Run(connection, sql));
            Assert.Contains("refused", exception.Message, StringComparison.Ordinal);
        }

        await AssertNumbersAsync(target, 1, 2, 3);
    }

    [Fact]
    public async Task The_guards_hold_again_after_a_removal()
    {
        await using var store = CreateRemovingStore();
        var (removed, truncated, kept) = (await StreamAsync(2), await StreamAsync(3), await StreamAsync(1));
        await store.Events.Streams.HardDeleteAsync(removed, 2, Ct);
        await store.Events.Streams.TruncateAsync(truncated, 3, Ct);

        foreach (var sql in (string[])["DELETE FROM {events}", "DELETE FROM {streams}"])
            await Assert.ThrowsAsync<SqliteException>(() => Database.ExecuteAsync(sql));
        await AssertNumbersAsync(kept, 1);
        await AssertNumbersAsync(truncated, 3);
    }

    [Fact]
    public async Task A_pass_that_was_not_given_back_can_t_be_committed()
    {
        await StreamAsync(1);
        await using var connection = await ConnectAsync();
        Run(connection, "BEGIN IMMEDIATE; INSERT INTO eventstore_guard_pass (id) VALUES (1); DELETE FROM eventstore_events");

        Assert.Throws<SqliteException>(() => Run(connection, "COMMIT"));
        Run(connection, "ROLLBACK");
        Assert.NotEqual(0, await Database.ScalarAsync<long>("SELECT count(*) FROM {events}"));
    }

    [Fact]
    public async Task A_removal_takes_the_links_with_it_also_on_a_connection_without_foreign_keys()
    {
        await using var store = CreateRemovingStore();
        var (removed, truncated) = (await StreamAsync(2), await StreamAsync(3));
        var (first, second) = (await TargetAsync(removed), await TargetAsync(truncated));
        await using (var connection = await ConnectAsync("Foreign Keys=False"))
        {
            await using var transaction = connection.BeginTransaction();
            var inside = store.Events.WithTransaction(transaction);
            await inside.Streams.HardDeleteAsync(removed, 2, Ct);
            await inside.Streams.TruncateAsync(truncated, 2, Ct);
            await transaction.CommitAsync(Ct);
        }

        await AssertNumbersAsync(first);
        await AssertNumbersAsync(second, 2, 3);
        Assert.Equal(0, await Database.ScalarAsync<long>(
            "SELECT count(*) FROM eventstore_stream_links AS l WHERE NOT EXISTS (SELECT 1 FROM {events} AS e WHERE e.position = l.position)"));
        Assert.Equal(0, await Database.ScalarAsync<long>("SELECT count(*) FROM eventstore_guard_pass"));
    }

    [Fact]
    public async Task A_removal_that_is_rolled_back_leaves_everything()
    {
        await using var store = CreateRemovingStore();
        var stream = await StreamAsync(2);
        var target = await TargetAsync(stream);
        await using (var connection = await ConnectAsync())
        {
            await using var transaction = connection.BeginTransaction();
            await store.Events.WithTransaction(transaction).Streams.HardDeleteAsync(stream, 2, Ct);
            await transaction.RollbackAsync(Ct);
        }

        await AssertNumbersAsync(stream, 1, 2);
        await AssertNumbersAsync(target, 1, 2);
    }

    private async Task<StreamName> TargetAsync(StreamName source)
    {
        var target = NewStream("target");
        await Events.LinkAsync(target, ExpectedVersion.NoStream, await ReadAsync(source), Ct);
        return target;
    }
}
