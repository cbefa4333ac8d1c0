using System.Transactions;
using Microsoft.EntityFrameworkCore;

namespace EventStore.EF.Specification;

/// <summary>A System.Transactions transaction around a call: the store takes no part in it, and no write happens in its name.</summary>
public abstract class CallersScopeSpecification(StoreFixture fixture) : RunningSuite(fixture)
{
    [Fact]
    public async Task Every_write_inside_a_system_transaction_is_refused_before_anything_is_sent()
    {
        await AppendAsync("order-1", 3);
        await SubscribeAndLeaveAsync(Events);
        var ids = (await ReadAsync("order-1")).Select(@event => @event.EventId).ToArray();
        var snapshot = new Snapshot { Source = "order-1", Type = "sum", Version = 1, Payload = "1"u8.ToArray() };
        var decisions = 0;
        Func<Task>[] writes =
        [
            () => Events.AppendAsync("order-1", ExpectedVersion.Any, new Numbered(1), cancellationToken: Ct),
            () => Events.AppendManyAsync("order-1", ExpectedVersion.Any, Numbered(40), Ct),
            () => Events.AppendManyAsync(
                [new("order-1", ExpectedVersion.Any, Numbered(1)), new("order-2", ExpectedVersion.Any, Numbered(1))], Ct),
            () => Events.LinkAsync("order-2", ExpectedVersion.Any, ids, Ct),
            () => Events.UpdateAsync<Counter>("order-1", counter => [new Numbered(++decisions)], Ct),
            () => Events.Streams.DeleteAsync("order-1", ExpectedVersion.Any, Ct),
            () => Events.Streams.UndeleteAsync("order-1", Ct),
            () => Events.Streams.TruncateAsync("order-1", 2, Ct),
            () => Events.Streams.HardDeleteAsync("order-1", ExpectedVersion.Any, Ct),
            () => Events.Snapshots.RecordAsync(snapshot, Ct),
            () => Events.Snapshots.DeleteAsync("order-1", "sum", Ct),
            () => Events.Subscriptions.PauseAsync(Name, cancellationToken: Ct),
            () => Events.Subscriptions.ResumeAsync(Name, cancellationToken: Ct),
            () => Events.Subscriptions.RewindAsync(Name, 1, ParkedEventHandling.Keep, cancellationToken: Ct),
            () => Events.Subscriptions.RepartitionAsync(Name, 2, cancellationToken: Ct),
            () => Events.Subscriptions.RenameAsync(Name, "another", cancellationToken: Ct),
            () => Events.Subscriptions.AcceptDefinitionAsync(Name, cancellationToken: Ct),
            () => Events.Subscriptions.ReplayParkedAsync(Name, cancellationToken: Ct),
            () => Events.Subscriptions.ReplayParkedAsync(Name, "order-1", cancellationToken: Ct),
            () => Events.Subscriptions.DiscardParkedAsync(Name, "order-1", cancellationToken: Ct),
            () => Events.Subscriptions.DiscardParkedAsync(Name, ids[0], cancellationToken: Ct),
            () => Events.Subscriptions.DeleteAsync(Name, cancellationToken: Ct),
        ];
        foreach (var write in writes)
        {
            var before = await Database.ContentAsync();
            using (new TransactionScope(TransactionScopeAsyncFlowOption.Enabled))
                AssertNamesTheRemedies(await Assert.ThrowsAsync<InvalidOperationException>(write));

            using (var complete = new TransactionScope(TransactionScopeAsyncFlowOption.Enabled))
            {
                complete.Complete();
                AssertNamesTheRemedies(await Assert.ThrowsAsync<InvalidOperationException>(write));
            }

            using (new TransactionScope())
                AssertNamesTheRemedies(Assert.Throws<InvalidOperationException>(() => write().GetAwaiter().GetResult()));

            Assert.Equal(before, await Database.ContentAsync());
        }

        Assert.Equal(0, decisions);
        Assert.NotEqual(SubscriptionStatus.Paused, (await Events.Subscriptions.FindAsync(Name, cancellationToken: Ct))!.Status);
        await AssertNumbersAsync("order-1", 1, 2, 3);
    }

    [Fact]
    public async Task What_others_have_appended_outlives_the_rollback_of_a_scope_that_wanted_to_append_too()
    {
        using (new TransactionScope(TransactionScopeAsyncFlowOption.Enabled))
        {
            await Assert.ThrowsAsync<InvalidOperationException>(
                () => Events.AppendAsync("a", ExpectedVersion.Any, new Numbered(1), cancellationToken: Ct));
            using (ExecutionContext.SuppressFlow())
            {
                var others = Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Task.Run(() => AppendAsync("b", 1), Ct)));
                Assert.All(others.GetAwaiter().GetResult(), result => Assert.NotEqual(0, result.LastPosition));
            }
        }

        Assert.Equal(20, (await Events.Streams.FindAsync("b", Ct))!.Version);
        Assert.Null(await Events.Streams.FindAsync("a", Ct));
    }

    [Fact]
    public async Task Leaving_the_scope_lets_a_write_pass_whatever_becomes_of_the_scope()
    {
        using (new TransactionScope(TransactionScopeAsyncFlowOption.Enabled))
        {
            using var outside = new TransactionScope(TransactionScopeOption.Suppress, TransactionScopeAsyncFlowOption.Enabled);
            await AppendAsync("order-1", 2);
        }

        await AssertNumbersAsync("order-1", 1, 2);
    }

    [Fact]
    public async Task Reading_inside_a_scope_is_as_ever_and_leaves_the_scope_usable()
    {
        await AppendAsync("order-1", 12);
        await using var context = await Store.CreateContextAsync();
        using (var scope = new TransactionScope(TransactionScopeAsyncFlowOption.Enabled))
        {
            Assert.Equal(12, (await NumbersAsync("order-1")).Length);
            Assert.Equal(12, (await ReadAllAsync()).Count);
            Assert.Equal(12, (await Events.LoadAsync<Account>("order-1", Ct)).Version);
            Assert.Equal(12, (await Events.Streams.FindAsync("order-1", Ct))!.Version);
            Assert.Single(await Events.Streams.ListAsync(cancellationToken: Ct).ToListAsync(Ct));
            Assert.Null(await Events.Snapshots.FindAsync("order-1", "none", Ct));
            Assert.Empty(await Events.Subscriptions.ListAsync(Ct).ToListAsync(Ct));
            Assert.Equal(12, await context.Events.CountAsync(Ct));
            Assert.Single(context.Streams.ToList());
            Assert.NotNull(Transaction.Current);
            scope.Complete();

            Assert.Equal(12, (await NumbersAsync("order-1")).Length);
        }

        using (var scope = new TransactionScope())
        {
            Assert.Equal(12, Events.Streams.FindAsync("order-1", Ct).GetAwaiter().GetResult()!.Version);
            Assert.Single(context.Streams.ToList());
            Assert.NotNull(Transaction.Current);
            scope.Complete();
        }

        Assert.Null(Transaction.Current);
    }

    [Fact]
    public async Task A_transaction_of_the_caller_s_is_used_inside_a_scope_as_ever_and_outlives_its_rollback()
    {
        await using var connection = await Database.OpenAsync();
        await using var transaction = await connection.BeginTransactionAsync(Ct);
        using (new TransactionScope(TransactionScopeAsyncFlowOption.Enabled))
        {
            var inside = Events.WithTransaction(transaction);
            await inside.AppendAsync("order-1", ExpectedVersion.NoStream, new Numbered(1), cancellationToken: Ct);
            await inside.UpdateAsync<Counter>("order-1", counter => [new Numbered(counter.Count + 1)], Ct);
            Assert.Equal(2, (await inside.Streams.FindAsync("order-1", Ct))!.Version);
            await transaction.CommitAsync(Ct);
        }

        await AssertNumbersAsync("order-1", 1, 2);
    }

    [Fact]
    public async Task A_subscription_made_inside_a_scope_outlives_its_rollback()
    {
        IEventSubscription durable, transient;
        using (new TransactionScope(TransactionScopeAsyncFlowOption.Enabled))
        {
            durable = await Events.SubscribeAsync(Name, cancellationToken: Ct);
            transient = await Events.SubscribeTransientAsync(cancellationToken: Ct);
        }

        await AppendAsync("order-1", 2);
        Assert.Equal([1, 2], (await durable.HandleAsync(2)).Numbers());
        Assert.Equal([1, 2], (await transient.HandleAsync(2)).Numbers());
        await durable.DisposeAsync();
        await transient.DisposeAsync();
        await CheckpointReachesAsync(2);
    }

    [Fact]
    public async Task A_host_that_migrates_and_starts_inside_a_scope_outlives_its_rollback()
    {
        await using var empty = await Fixture.CreateDatabaseAsync(migrated: false);
        var recorder = new Recorder();
        await using var store = Fixture.CreateStore(empty, builder =>
        {
            Configure(builder);
            builder.Services.Add(new(typeof(Recorder), recorder));
            builder.AddSubscriber<NumberedHandler>(Name);
            builder.MigrateOnStart();
        });
        using (new TransactionScope(TransactionScopeAsyncFlowOption.Enabled))
            await store.Host.StartAsync(Ct);

        await store.Events.AppendManyAsync("order-1", ExpectedVersion.NoStream, Numbered(2), Ct);
        await recorder.WaitForAsync(2, Ct);
    }

    [Fact]
    public async Task A_scope_that_a_handler_opens_refuses_its_appends_and_no_others()
    {
        var recorder = new Recorder
        {
            OnHandling = async (_, _) =>
            {
                using (new TransactionScope(TransactionScopeAsyncFlowOption.Enabled))
                {
                    AssertNamesTheRemedies(await Assert.ThrowsAsync<InvalidOperationException>(
                        () => Events.AppendAsync("copy", ExpectedVersion.Any, new Noted("in"), cancellationToken: Ct)));
                }

                await Events.AppendAsync("copy", ExpectedVersion.Any, new Noted("out"), cancellationToken: Ct);
            },
        };
        await HostAsync(recorder);
        await AppendAsync("order-1", 2);
        await recorder.WaitForAsync(2, Ct);

        Assert.Equal(2, (await Events.Streams.FindAsync("copy", Ct))!.Version);
    }

    private static async Task SubscribeAndLeaveAsync(IEventStore events)
        => await (await events.SubscribeAsync(Name, cancellationToken: Ct)).DisposeAsync();

    private static void AssertNamesTheRemedies(InvalidOperationException exception)
    {
        Assert.Contains("WithTransaction", exception.Message, StringComparison.Ordinal);
        Assert.Contains("TransactionScopeOption.Suppress", exception.Message, StringComparison.Ordinal);
    }
}
