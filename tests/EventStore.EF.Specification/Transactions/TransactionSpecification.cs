using System.Text;
using Microsoft.EntityFrameworkCore;

namespace EventStore.EF.Specification;

/// <summary>The store inside a transaction of the caller's: events, links, streams and snapshots commit and roll back with the caller's rows.</summary>
public abstract class TransactionSpecification(StoreFixture fixture) : TransactionSuite(fixture)
{
    [Fact]
    public async Task An_entity_events_and_links_commit_together_in_a_transaction_of_EF_Core()
    {
        var (source, order, index) = (await StreamAsync(2), NewStream("order"), NewStream("index"));
        var first = (await ReadAsync(source))[0];
        await using (var shop = NewShop())
        {
            await using var transaction = await shop.Database.BeginTransactionAsync(Ct);
            var store = Events.In(shop);
            shop.Orders.Add(new() { Stream = order.Value, Items = 3 });
            await shop.SaveChangesAsync(Ct);
            Assert.Equal(2, (await store.AppendManyAsync(order, ExpectedVersion.NoStream, Numbered(2), Ct)).StreamVersion);
            Assert.Equal(1, (await store.LinkAsync(index, ExpectedVersion.NoStream, [first.EventId], Ct)).StreamVersion);
            Assert.Equal(3, (await store.AppendAsync(order, 2, new Numbered(3), cancellationToken: Ct)).StreamVersion);
            await AssertMissingAsync(order);
            await AssertMissingAsync(index);
            await transaction.CommitAsync(Ct);
        }

        await AssertNumbersAsync(order, 1, 2, 3);
        await AssertNumbersAsync(index, 1);
        Assert.Equal(3, await ItemsAsync(order));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_entity_events_and_links_roll_back_together_in_a_transaction_of_EF_Core(bool explicitly)
    {
        var (source, order, index) = (await StreamAsync(2), NewStream("order"), NewStream("index"));
        var ids = (await ReadAsync(source)).Select(@event => @event.EventId).ToArray();
        var before = await Database.ContentAsync();
        await using (var shop = NewShop())
        {
            await using var transaction = await shop.Database.BeginTransactionAsync(Ct);
            var store = Events.In(shop);
            shop.Orders.Add(new() { Stream = order.Value, Items = 3 });
            await shop.SaveChangesAsync(Ct);
            await store.AppendManyAsync(order, ExpectedVersion.NoStream, Numbered(2), Ct);
            await store.AppendManyAsync(source, 2, Numbered(2), Ct);
            await store.LinkAsync(index, ExpectedVersion.NoStream, ids, Ct);
            if (explicitly)
                await transaction.RollbackAsync(Ct);
        }

        Assert.Equal(before, await Database.ContentAsync());
        await AssertMissingAsync(order);
        await AssertMissingAsync(index);
        Assert.Null(await ItemsAsync(order));
    }

    [Fact]
    public async Task What_came_after_a_savepoint_of_EF_Core_rolls_back_to_it_and_may_be_written_again()
    {
        var (kept, undone) = (NewStream("kept"), NewStream("undone"));
        var again = Numbered(2, first: 7);
        await using (var shop = NewShop())
        {
            await using var transaction = await shop.Database.BeginTransactionAsync(Ct);
            var store = Events.In(shop);
            await store.AppendAsync(kept, ExpectedVersion.NoStream, new Numbered(1), cancellationToken: Ct);
            await transaction.CreateSavepointAsync("before", Ct);
            await store.AppendAsync(kept, 1, new Numbered(2), cancellationToken: Ct);
            await store.AppendManyAsync(undone, ExpectedVersion.NoStream, again, Ct);
            await transaction.RollbackToSavepointAsync("before", Ct);
            await Assert.ThrowsAsync<StreamNotFoundException>(() => ToListAsync(store.ReadStreamAsync(undone, cancellationToken: Ct)));
            Assert.Equal(3, (await store.AppendManyAsync(kept, 1, again, Ct)).StreamVersion);
            await transaction.CommitAsync(Ct);
        }

        await AssertNumbersAsync(kept, 1, 7, 8);
        await AssertMissingAsync(undone);
    }

    [Fact]
    public async Task Events_commit_in_a_transaction_of_plain_ADO_NET()
    {
        var stream = NewStream();
        await using (var caller = await BeginAsync())
        {
            var store = Events.WithTransaction(caller.Transaction);
            Assert.Same(caller.Transaction, store.Transaction);
            await caller.ScalarAsync($"INSERT INTO shop_orders (stream, items) VALUES ('{stream}', 5)");
            var result = await store.AppendManyAsync(stream, ExpectedVersion.NoStream, Numbered(3), Ct);
            await caller.Transaction.CommitAsync(Ct);
            var read = await ReadAsync(stream);
            Assert.Equal(new(3, read[0].Position, read[2].Position), result);
        }

        Assert.Equal(5, await ItemsAsync(stream));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Events_roll_back_in_a_transaction_of_plain_ADO_NET(bool explicitly)
    {
        var (stream, events) = (NewStream(), Numbered(3));
        await using (var caller = await BeginAsync())
        {
            await Events.WithTransaction(caller.Transaction).AppendManyAsync(stream, ExpectedVersion.NoStream, events, Ct);
            if (explicitly)
                await caller.Transaction.RollbackAsync(Ct);
        }

        await AssertMissingAsync(stream);
        Assert.Equal(3, (await Events.AppendManyAsync(stream, ExpectedVersion.NoStream, events, Ct)).StreamVersion);
    }

    [Fact]
    public async Task Reading_inside_sees_what_was_written_inside_and_reading_outside_doesn_t()
    {
        var stream = await StreamAsync(2);
        var linked = (await ReadAsync(await StreamAsync(1)))[0];
        await using var caller = await BeginAsync();
        var store = Events.WithTransaction(caller.Transaction);
        await store.AppendManyAsync(stream, 2, Numbered(2, first: 3), Ct);
        await store.LinkAsync(stream, 4, [linked], Ct);

        var inside = await ToListAsync(store.ReadStreamAsync(stream, new() { PageSize = 2 }, Ct));
        Assert.Equal([1, 2, 3, 4, 1], inside.Select(@event => @event.As<Numbered>().Number));
        var backward = await ToListAsync(store.ReadStreamAsync(stream, new() { Direction = ReadDirection.Backward, MaxCount = 2 }, Ct));
        Assert.Equal([5, 4], backward.Select(@event => (int)@event.Number));
        Assert.Equal(5, (await store.Streams.FindAsync(stream, Ct))!.Version);

        await AssertNumbersAsync(stream, 1, 2);
        Assert.Equal(2, (await Events.Streams.FindAsync(stream, Ct))!.Version);
        await caller.Transaction.CommitAsync(Ct);
        Assert.Equal(5, (await ReadAsync(stream)).Count);
    }

    [Fact]
    public async Task An_append_inside_goes_by_what_was_appended_inside()
    {
        var stream = NewStream();
        await using var caller = await BeginAsync();
        var store = Events.WithTransaction(caller.Transaction);
        await store.AppendAsync(stream, ExpectedVersion.NoStream, new Numbered(1), cancellationToken: Ct);
        var exception = await Assert.ThrowsAsync<WrongExpectedVersionException>(() => store.AppendAsync(stream, ExpectedVersion.NoStream, new Numbered(2), cancellationToken: Ct));
        Assert.Equal(1, exception.Actual);
        Assert.Equal(2, (await store.AppendAsync(stream, ExpectedVersion.StreamExists, new Numbered(2), cancellationToken: Ct)).StreamVersion);
        Assert.Equal(3, (await store.AppendAsync(stream, 2, new Numbered(3), cancellationToken: Ct)).StreamVersion);
        await caller.Transaction.CommitAsync(Ct);
        await AssertNumbersAsync(stream, 1, 2, 3);
    }

    [Fact]
    public async Task The_same_append_and_link_again_inside_return_their_first_results()
    {
        var (outside, stream, links) = (NewStream(), NewStream(), NewStream());
        var (before, events) = (Numbered(2), Numbered(2));
        var first = await Events.AppendManyAsync(outside, ExpectedVersion.Any, before, Ct);
        await using var caller = await BeginAsync();
        var store = Events.WithTransaction(caller.Transaction);
        Assert.Equal(first, await store.AppendManyAsync(outside, ExpectedVersion.NoStream, before, Ct));
        var appended = await store.AppendManyAsync(stream, ExpectedVersion.NoStream, events, Ct);
        Assert.Equal(appended, await store.AppendManyAsync(stream, ExpectedVersion.NoStream, events, Ct));
        Guid[] ids = [events[0].EventId, before[0].EventId];
        var linked = await store.LinkAsync(links, ExpectedVersion.NoStream, ids, Ct);
        Assert.Equal(linked, await store.LinkAsync(links, ExpectedVersion.NoStream, ids, Ct));
        await caller.Transaction.CommitAsync(Ct);
        Assert.Equal(appended, await Events.AppendManyAsync(stream, ExpectedVersion.NoStream, events, Ct));
    }

    [Fact]
    public async Task Several_streams_are_appended_to_inside_or_none()
    {
        var (standing, first, second, missing) = (await StreamAsync(2), NewStream("a"), NewStream("z"), NewStream("m"));
        await using var caller = await BeginAsync();
        var store = Events.WithTransaction(caller.Transaction);
        var refused = await Assert.ThrowsAsync<WrongExpectedVersionException>(() => store.AppendManyAsync(
            [new(first, ExpectedVersion.NoStream, Numbered(1)), StreamAppend.Condition(standing, 1), new(second, ExpectedVersion.Any, Numbered(1))], Ct));
        Assert.Equal((standing, 2), (refused.Stream, refused.Actual));
        Assert.Null(await store.Streams.FindAsync(first, Ct));

        var results = await store.AppendManyAsync(
            [new(second, ExpectedVersion.NoStream, Numbered(1)), StreamAppend.Condition(standing, 2), new(first, ExpectedVersion.Any, Numbered(3)), StreamAppend.Condition(missing, ExpectedVersion.NoStream)], Ct);
        Assert.Equal([1, 2, 3, 0], results.Select(result => result.StreamVersion));
        await caller.Transaction.CommitAsync(Ct);
        await AssertNumbersAsync(second, 1);
        await AssertNumbersAsync(first, 1, 2, 3);
        await AssertMissingAsync(missing);
    }

    [Fact]
    public async Task A_thousand_events_are_appended_inside()
    {
        var stream = NewStream();
        await using var caller = await BeginAsync();
        Assert.Equal(1_000, (await Events.WithTransaction(caller.Transaction).AppendManyAsync(stream, ExpectedVersion.NoStream, Numbered(1_000), Ct)).StreamVersion);
        await caller.Transaction.CommitAsync(Ct);
        Assert.Equal(1_000, (await ReadAsync(stream)).Count);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Deletions_and_snapshots_commit_and_roll_back_with_the_transaction(bool commits)
    {
        await using var removing = Fixture.CreateStore(Database, builder => builder.Configure(options => options.AllowHardDelete = true));
        var (deleted, restored, truncated, removed) = (await StreamAsync(2), await StreamAsync(2), await StreamAsync(3), await StreamAsync(1));
        await Events.Streams.DeleteAsync(restored, 2, Ct);
        await Events.Snapshots.RecordAsync(Sum(deleted, 1), Ct);
        await Events.Snapshots.RecordAsync(Sum(truncated, 1), Ct);
        await using (var caller = await BeginAsync())
        {
            var store = removing.Events.WithTransaction(caller.Transaction);
            await store.Streams.DeleteAsync(deleted, 2, Ct);
            await store.Streams.UndeleteAsync(restored, Ct);
            await store.Streams.TruncateAsync(truncated, 3, Ct);
            await store.Streams.HardDeleteAsync(removed, 1, Ct);
            Assert.True(await store.Snapshots.RecordAsync(Sum(deleted, 2), Ct));
            await store.Snapshots.DeleteAsync(truncated, "sum", Ct);
            Assert.Equal(2, (await store.Snapshots.FindAsync(deleted, "sum", Ct))!.Version);
            await Assert.ThrowsAsync<StreamDeletedException>(() => ToListAsync(store.ReadStreamAsync(deleted, cancellationToken: Ct)));
            await AssertNumbersAsync(deleted, 1, 2);
            if (commits)
                await caller.Transaction.CommitAsync(Ct);
        }

        Assert.Equal(commits, (await Events.Streams.FindAsync(deleted, Ct))!.DeletedAt is not null);
        Assert.Equal(commits, (await Events.Streams.FindAsync(restored, Ct))!.DeletedAt is null);
        Assert.Equal(commits ? [3] : [1, 2, 3], await NumbersAsync(truncated));
        Assert.Equal(commits, await Events.Streams.FindAsync(removed, Ct) is null);
        Assert.Equal(commits ? 2 : 1, (await Events.Snapshots.FindAsync(deleted, "sum", Ct))!.Version);
        Assert.Equal(commits, await Events.Snapshots.FindAsync(truncated, "sum", Ct) is null);
    }

    [Fact]
    public async Task Streams_are_listed_as_the_transaction_sees_them()
    {
        var stream = NewStream("listed");
        var options = new StreamListOptions { Prefix = stream.Value };
        await using var caller = await BeginAsync();
        var store = Events.WithTransaction(caller.Transaction);
        await store.AppendAsync(stream, ExpectedVersion.NoStream, new Numbered(1), cancellationToken: Ct);
        Assert.Single(await store.Streams.ListAsync(options, Ct).ToListAsync(Ct));
        Assert.Empty(await Events.Streams.ListAsync(options, Ct).ToListAsync(Ct));
    }

    private async Task<int?> ItemsAsync(StreamName order)
    {
        await using var shop = NewShop();
        return (await shop.Orders.SingleOrDefaultAsync(row => row.Stream == order.Value, Ct))?.Items;
    }

    private static Snapshot Sum(StreamName stream, long version)
        => new() { Source = stream, Type = "sum", Version = version, Payload = Encoding.UTF8.GetBytes($"{version}") };
}
