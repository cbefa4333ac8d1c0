using Microsoft.EntityFrameworkCore;

namespace EventStore.EF.Specification;

/// <summary>What is refused inside a transaction of the caller's leaves that transaction usable.</summary>
public abstract class TransactionConflictSpecification(StoreFixture fixture) : TransactionSuite(fixture)
{
    [Fact]
    public async Task A_stale_version_leaves_the_transaction_usable()
        => await AssertUsableAfterAsync<WrongExpectedVersionException>((store, standing) => store.AppendAsync(standing, 1, new Numbered(0), cancellationToken: Ct));

    [Fact]
    public async Task A_missing_stream_leaves_the_transaction_usable()
        => await AssertUsableAfterAsync<StreamNotFoundException>((store, _) => store.AppendAsync(NewStream(), ExpectedVersion.StreamExists, new Numbered(0), cancellationToken: Ct));

    [Fact]
    public async Task A_deleted_stream_leaves_the_transaction_usable()
    {
        var deleted = await StreamAsync(1);
        await Events.Streams.DeleteAsync(deleted, 1, Ct);
        await AssertUsableAfterAsync<StreamDeletedException>((store, _) => store.AppendAsync(deleted, ExpectedVersion.Any, new Numbered(0), cancellationToken: Ct));
    }

    [Fact]
    public async Task An_id_that_stands_already_leaves_the_transaction_usable()
    {
        var taken = Numbered(1);
        await Events.AppendManyAsync(NewStream(), ExpectedVersion.Any, taken, Ct);
        await AssertUsableAfterAsync<DuplicateEventException>((store, _) => store.AppendManyAsync(NewStream(), ExpectedVersion.Any, [.. Numbered(2), taken[0]], Ct));
    }

    [Fact]
    public async Task An_id_that_was_appended_inside_already_leaves_the_transaction_usable()
    {
        var taken = Numbered(1);
        await AssertUsableAfterAsync<DuplicateEventException>(async (store, _) =>
        {
            await store.AppendManyAsync(NewStream(), ExpectedVersion.Any, taken, Ct);
            await store.AppendManyAsync(NewStream(), ExpectedVersion.Any, taken, Ct);
        });
    }

    [Fact]
    public async Task An_unknown_event_to_link_leaves_the_transaction_usable()
        => await AssertUsableAfterAsync<EventNotFoundException>((store, _) => store.LinkAsync(NewStream(), ExpectedVersion.Any, [Guid.NewGuid()], Ct));

    [Fact]
    public async Task An_event_that_is_linked_already_leaves_the_transaction_usable()
    {
        var (source, target) = (await ReadAsync(await StreamAsync(2)), NewStream());
        await Events.LinkAsync(target, ExpectedVersion.Any, [source[0]], Ct);
        await AssertUsableAfterAsync<DuplicateEventException>((store, _) => store.LinkAsync(target, ExpectedVersion.Any, [source[1], source[0]], Ct));
        Assert.Single(await ReadAsync(target));
    }

    [Fact]
    public async Task A_broken_condition_leaves_the_transaction_usable()
        => await AssertUsableAfterAsync<WrongExpectedVersionException>((store, standing) => store.AppendManyAsync(
            [new(NewStream(), ExpectedVersion.Any, Numbered(1)), StreamAppend.Condition(standing, ExpectedVersion.NoStream)], Ct));

    [Fact]
    public async Task A_refused_deletion_leaves_the_transaction_usable()
        => await AssertUsableAfterAsync<WrongExpectedVersionException>((store, standing) => store.Streams.DeleteAsync(standing, 1, Ct));

    [Fact]
    public async Task What_is_refused_before_the_database_is_asked_leaves_the_transaction_usable()
    {
        object data = new NotAnEvent("x");
        await AssertUsableAfterAsync<EventNotRegisteredException>((store, standing) => store.AppendAsync(standing, 2, data, cancellationToken: Ct));
        await AssertUsableAfterAsync<ArgumentException>((store, standing) => store.AppendManyAsync(standing, 2, [], Ct));
    }

    [Fact]
    public async Task Entities_are_saved_after_a_conflict()
    {
        var (standing, order) = (await StreamAsync(2), NewStream("order"));
        await using (var shop = NewShop())
        {
            await using var transaction = await shop.Database.BeginTransactionAsync(Ct);
            shop.Orders.Add(new() { Stream = order.Value, Items = 1 });
            await shop.SaveChangesAsync(Ct);
            var store = Events.WithTransaction(Current(shop));
            var conflict = await Assert.ThrowsAsync<WrongExpectedVersionException>(() => store.AppendAsync(standing, 1, new Numbered(0), cancellationToken: Ct));
            (await shop.Orders.SingleAsync(row => row.Stream == order.Value, Ct)).Items = 2;
            await shop.SaveChangesAsync(Ct);
            await store.AppendAsync(standing, conflict.Actual, new Numbered(3), cancellationToken: Ct);
            await transaction.CommitAsync(Ct);
        }

        await using var reading = NewShop();
        Assert.Equal(2, (await reading.Orders.SingleAsync(row => row.Stream == order.Value, Ct)).Items);
        await AssertNumbersAsync(standing, 1, 2, 3);
    }

    /// <summary>What was written before the refusal and what is written after it commit; of the refused, nothing is left.</summary>
    private async Task AssertUsableAfterAsync<TException>(Func<ITransactionalEventStore, StreamName, Task> refused)
        where TException : Exception
    {
        var (standing, before, after) = (await StreamAsync(2), NewStream("before"), NewStream("after"));
        await using var caller = await BeginAsync();
        var store = Events.WithTransaction(caller.Transaction);
        await caller.ScalarAsync($"INSERT INTO shop_orders (stream, items) VALUES ('{before}', 1)");
        await store.AppendAsync(before, ExpectedVersion.NoStream, new Numbered(1), cancellationToken: Ct);
        await Assert.ThrowsAsync<TException>(() => refused(store, standing));
        await caller.ScalarAsync($"UPDATE shop_orders SET items = 2 WHERE stream = '{before}'");
        await store.AppendAsync(before, 1, new Numbered(2), cancellationToken: Ct);
        await store.AppendAsync(standing, 2, new Numbered(3), cancellationToken: Ct);
        await store.AppendAsync(after, ExpectedVersion.NoStream, new Numbered(1), cancellationToken: Ct);
        await caller.Transaction.CommitAsync(Ct);

        await AssertNumbersAsync(before, 1, 2);
        await AssertNumbersAsync(standing, 1, 2, 3);
        await AssertNumbersAsync(after, 1);
        Assert.Equal(2, await Database.ScalarAsync<int>($"SELECT items FROM shop_orders WHERE stream = '{before}'"));
    }
}
