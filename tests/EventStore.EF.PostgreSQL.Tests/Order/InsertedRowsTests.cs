using Npgsql;

namespace EventStore.EF.PostgreSQL.Tests.Order;

/// <summary>Events that are inserted past the store, by INSERT or COPY in psql, take the store's lock too.</summary>
public sealed class InsertedRowsTests(PostgreSqlFixture fixture) : OwnDatabaseSpecification(fixture), IClassFixture<PostgreSqlFixture>
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Events_inserted_past_the_store_are_not_skipped(bool copies)
    {
        await Events.AppendManyAsync("order-1", ExpectedVersion.NoStream, Numbered(1), Ct);
        var stream = await Database.ScalarAsync<long>("SELECT id FROM {streams}");
        await using var subscription = await Events.SubscribeTransientAsync(new() { Start = SubscriptionStart.Origin }, Ct);
        Assert.Single(await subscription.HandleAsync(1));

        await using var connection = new NpgsqlConnection(Database.ConnectionString);
        await connection.OpenAsync(Ct);
        await using var transaction = await connection.BeginTransactionAsync(Ct);
        if (copies)
        {
            await using var copy = await connection.BeginTextImportAsync("COPY eventstore.events (stream_id, version, event_id, type, data) FROM STDIN", Ct);
            await copy.WriteAsync($"{stream}\t2\t{Guid.NewGuid()}\tspecification-numbered\t{{\"number\":2}}\n{stream}\t3\t{Guid.NewGuid()}\tspecification-numbered\t{{\"number\":3}}\n");
        }
        else
        {
            await using var insert = new NpgsqlCommand($$"""
                INSERT INTO eventstore.events (stream_id, version, event_id, type, data)
                SELECT {{stream}}, n, gen_random_uuid(), 'specification-numbered', json_build_object('number', n) FROM generate_series(2, 3) n
                """, connection, transaction);
            await insert.ExecuteNonQueryAsync(Ct);
        }

        // A later position is committed first, and nobody passes the open ones.
        await Events.AppendAsync("order-2", ExpectedVersion.NoStream, new Numbered(4), cancellationToken: Ct);
        Assert.Equal([1L], (await ReadAllAsync()).Select(@event => @event.Position));
        if (!Fixture.IsPooled)
            Assert.Equal(connection.ProcessID, Assert.Single(await Events.Subscriptions.GetBlockingTransactionsAsync(Ct)).SessionId);

        await transaction.CommitAsync(Ct);
        Assert.Equal([2L, 3, 4], (await subscription.HandleAsync(3)).Select(@event => @event.Position));
        Assert.Equal([1L, 2, 3, 4], (await ReadAllAsync()).Select(@event => @event.Position));
    }

    [Fact]
    public async Task An_import_beside_a_subscriber_and_appends_leaves_nothing_out()
    {
        await using var subscription = await Events.SubscribeTransientAsync(new() { Start = SubscriptionStart.Origin }, Ct);
        var appends = Task.WhenAll(Enumerable.Range(0, 40).Select(number => Events.AppendAsync(NewStream(), ExpectedVersion.Any, new Numbered(number), cancellationToken: Ct)));
        for (var chunk = 0; chunk < 20; chunk++)
        {
            await Database.ExecuteAsync($$"""
                WITH created AS (
                    INSERT INTO {streams} (name, version) SELECT 'imported-{{chunk}}-' || n, 5 FROM generate_series(1, 10) n RETURNING id),
                written AS (
                    INSERT INTO {events} (stream_id, version, event_id, type, data)
                    SELECT id, v, gen_random_uuid(), 'specification-numbered', json_build_object('number', v) FROM created, generate_series(1, 5) v
                    RETURNING 1)
                SELECT count(*) FROM written
                """);
        }

        await appends;
        var handled = await subscription.HandleAsync(1_040);

        // Not 1 to 1,040: a group that met a lock is written again, and its first positions stay unused.
        var stored = await ReadAllAsync();
        Assert.Equal(1_040, stored.Count);
        Assert.Equal(stored.Select(@event => @event.Position), handled.Select(@event => @event.Position));
    }
}
