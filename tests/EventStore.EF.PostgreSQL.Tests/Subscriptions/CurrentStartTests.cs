using EventStore.EF.PostgreSQL.Tests.Order;

namespace EventStore.EF.PostgreSQL.Tests.Subscriptions;

/// <summary>A subscription from now on gets everything that isn't committed yet, whatever positions it has, and waits for nobody.</summary>
public sealed class CurrentStartTests(PostgreSqlFixture fixture) : RunningSuite(fixture), IClassFixture<PostgreSqlFixture>
{
    [Theory]
    [InlineData(true, "READ COMMITTED")]
    [InlineData(true, "REPEATABLE READ")]
    [InlineData(true, "SERIALIZABLE")]
    [InlineData(false, "READ COMMITTED")]
    public async Task What_an_open_transaction_has_appended_is_delivered_to_a_subscription_from_now_on(bool isDurable, string isolation)
    {
        await AppendAsync("order-1", 3);
        await using var open = await OpenTransaction.BeginAsync(Database.ConnectionString, isolation);
        await open.AppendAsync("order-2", 4);
        await AppendAsync("order-3", 1, first: 5);
        await open.AppendAsync("order-2", 6);

        await using var subscription = isDurable
            ? await Events.SubscribeAsync(Name, new() { Start = SubscriptionStart.Current }, Ct)
            : await Events.SubscribeTransientAsync(null, Ct);
        await open.CommitAsync();
        Assert.Equal([4, 5, 6], (await subscription.HandleAsync(3)).Numbers());
    }

    [Fact]
    public async Task Only_what_lies_behind_the_open_transaction_s_append_is_delivered_although_it_was_committed()
    {
        // Positions of rolled back appends lie everywhere; those before the open transaction's are dead, and what is between them is not new.
        await AppendAsync("order-1", 2);
        await RollBackAsync();
        await AppendAsync("order-1", 2, first: 3);
        await RollBackAsync();
        await using var open = await OpenTransaction.BeginAsync(Database.ConnectionString);
        await open.AppendAsync("order-2", 5);
        await AppendAsync("order-3", 1, first: 6);

        await using var subscription = await Process().Events.SubscribeTransientAsync(null, Ct);
        await open.CommitAsync();
        Assert.Equal([5, 6], (await subscription.HandleAsync(2)).Numbers());
    }

    [Fact]
    public async Task A_transaction_that_has_only_linked_takes_no_position_and_makes_nothing_old_new()
    {
        var linked = await Events.AppendAsync("order-1", ExpectedVersion.NoStream, new Numbered(1), cancellationToken: Ct);
        var id = (await ReadAsync("order-1"))[0].EventId;
        await using var open = await OpenTransaction.BeginAsync(Database.ConnectionString);
        await open.ExecuteAsync($"SELECT eventstore.link('list', -1, ARRAY['{id}'::uuid])");
        await AppendAsync("order-2", 3, first: 2);

        await using var subscription = await Events.SubscribeTransientAsync(null, Ct);
        await using var list = await Events.SubscribeTransientAsync(new() { Stream = "list" }, Ct);
        await open.CommitAsync();
        await AppendAsync("order-2", 1, first: 5);
        Assert.Equal([5], (await subscription.HandleAsync(1)).Numbers());
        Assert.Equal(linked.LastPosition, Assert.Single(await list.HandleAsync(1)).Position);
    }

    [Fact]
    public async Task A_rolled_back_savepoint_gives_its_hold_back_and_the_next_append_takes_another()
    {
        await AppendAsync("order-1", 1);
        await using var open = await OpenTransaction.BeginAsync(Database.ConnectionString);
        await open.ExecuteAsync("SAVEPOINT first");
        await open.AppendAsync("order-2", 2);
        await open.ExecuteAsync("ROLLBACK TO SAVEPOINT first");
        await AppendAsync("order-3", 1, first: 3);
        await open.AppendAsync("order-2", 4);
        await AppendAsync("order-3", 1, first: 5);

        await using var subscription = await Events.SubscribeTransientAsync(null, Ct);
        await open.CommitAsync();
        Assert.Equal([4, 5], (await subscription.HandleAsync(2)).Numbers());
    }

    [Fact]
    public async Task A_prepared_transaction_s_events_are_delivered_when_it_is_committed()
    {
        await Database.RequirePreparedTransactionsAsync();
        await using var open = await OpenTransaction.BeginAsync(Database.ConnectionString);
        await open.AppendAsync("order-1", 1);
        await AppendAsync("order-2", 1, first: 2);
        await open.ExecuteAsync("PREPARE TRANSACTION 'undecided'");

        await using var subscription = await Events.SubscribeTransientAsync(null, Ct);
        await Database.ExecuteAsync("COMMIT PREPARED 'undecided'");
        Assert.Equal([1, 2], (await subscription.HandleAsync(2)).Numbers());
    }

    [Fact]
    public async Task A_transaction_with_many_appends_takes_two_locks_of_the_store_s()
    {
        await using var open = await OpenTransaction.BeginAsync(Database.ConnectionString);
        for (var number = 1; number <= 100; number++)
            await open.AppendAsync($"order-{number}", number);

        Assert.Equal(2, await Database.ScalarAsync<long>($"SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"));
    }

    [Fact]
    public async Task An_append_of_40_000_events_that_is_under_way_is_delivered_whole()
    {
        const int count = 40_000;
        await AppendAsync("order-1", 1);
        var large = Events.AppendManyAsync("order-2", ExpectedVersion.NoStream, [.. Enumerable.Range(2, count).Select(number => new NewEvent(new Numbered(number)))], Ct);
        await UntilAsync(async () => (await Events.Subscriptions.GetBlockingTransactionsAsync(Ct)).Count > 0);
        var small = await AppendAsync("order-3", 1, first: 50_000);
        await using var subscription = await Events.SubscribeTransientAsync(new() { BufferSize = 1000, BatchSize = 1000 }, Ct);
        Assert.False(large.IsCompleted);

        var last = Math.Max((await large).LastPosition, small.LastPosition);
        var numbers = (await subscription.HandleThroughAsync(last)).Numbers().ToHashSet();
        Assert.All(Enumerable.Range(2, count), number => Assert.Contains(number, numbers));
    }

    private async Task RollBackAsync()
    {
        await using var undone = await OpenTransaction.BeginAsync(Database.ConnectionString);
        await undone.AppendAsync("order-1", 0);
        await undone.RollbackAsync();
    }
}
