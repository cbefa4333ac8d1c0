using Microsoft.Data.Sqlite;

namespace EventStore.EF.Sqlite.Tests.Schema;

/// <summary>The guards of links, and how the store's own removals get past all guards.</summary>
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

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task No_row_turns_the_guards_off(bool foreignKeys)
    {
        var stream = await StreamAsync(1);
        await using var connection = await ConnectAsync($"Foreign Keys={foreignKeys}");
        var tables = new List<string>();
        await using (var list = connection.CreateCommand())
        {
            list.CommandText = "SELECT name FROM sqlite_master WHERE type = 'table' AND name LIKE 'eventstore\\_%' ESCAPE '\\'";
            await using var reader = await list.ExecuteReaderAsync(Ct);
            while (await reader.ReadAsync(Ct))
                tables.Add(reader.GetString(0));
        }

        // Committed rows in any of the store's tables mean nothing to the guards.
        Assert.DoesNotContain("eventstore_guard_pass", tables);
        Run(connection, "INSERT OR IGNORE INTO eventstore_event_tags (tag_hash, position) VALUES (1, 1)");
        foreach (var sql in (string[])["DELETE FROM eventstore_events", "DELETE FROM eventstore_streams", "DELETE FROM eventstore_stream_links WHERE 1"])
        {
            if (!sql.Contains("links", StringComparison.Ordinal))
                Assert.Contains("refused", Assert.Throws<SqliteException>(() => Run(connection, sql)).Message, StringComparison.Ordinal);
        }

        await AssertNumbersAsync(stream, 1);
    }

    [Fact]
    public async Task A_removal_leaves_the_schema_as_it_was()
    {
        await using var store = CreateRemovingStore();
        var removed = await StreamAsync(2);
        var before = await SchemaAsync();
        await store.Events.Streams.HardDeleteAsync(removed, 2, Ct);
        Assert.Equal(before, await SchemaAsync());
    }

    [Fact]
    public async Task A_removal_in_the_caller_s_transaction_runs_beside_the_caller_s_open_reader()
    {
        await using var store = CreateRemovingStore();
        var (removed, kept) = (await StreamAsync(2), await StreamAsync(1));
        await using var connection = await ConnectAsync();
        await using var transaction = connection.BeginTransaction();
        await using (var open = connection.CreateCommand())
        {
            open.Transaction = transaction;
            open.CommandText = "SELECT name FROM eventstore_streams";
            await using var reader = await open.ExecuteReaderAsync(Ct);
            Assert.True(await reader.ReadAsync(Ct));
            await store.Events.WithTransaction(transaction).Streams.HardDeleteAsync(removed, 2, Ct);
        }

        Assert.Throws<SqliteException>(() =>
        {
            using var delete = connection.CreateCommand();
            delete.Transaction = transaction;
            delete.CommandText = "DELETE FROM eventstore_events";
            delete.ExecuteNonQuery();
        });
        await transaction.CommitAsync(Ct);
        await AssertNumbersAsync(kept, 1);
        await Assert.ThrowsAsync<StreamNotFoundException>(() => ReadAsync(removed));
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

    private Task<string> SchemaAsync()
        => Database.ScalarAsync<string>("SELECT group_concat(sql, ';') FROM (SELECT sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY name)");

    private async Task<StreamName> TargetAsync(StreamName source)
    {
        var target = NewStream("target");
        await Events.LinkAsync(target, ExpectedVersion.NoStream, await ReadAsync(source), Ct);
        return target;
    }
}
