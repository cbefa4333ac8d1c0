using System.Data;
using System.Data.Common;
using System.Diagnostics.CodeAnalysis;

namespace EventStore.EF.Specification;

/// <summary>Which transactions are taken, and when.</summary>
public abstract class TransactionRulesSpecification(StoreFixture fixture) : TransactionSuite(fixture)
{
    [Fact]
    public async Task A_transaction_that_is_over_is_refused()
    {
        foreach (var end in Ends)
        {
            await using var caller = await BeginAsync();
            await end(caller);
            AssertOver(Assert.ThrowsAny<InvalidOperationException>(() => Events.WithTransaction(caller.Transaction)));
        }
    }

    [Fact]
    public async Task A_transaction_that_ends_meanwhile_is_refused_by_every_operation()
    {
        var stream = await StreamAsync(2);
        var ids = (await ReadAsync(stream)).Select(@event => @event.EventId).ToArray();
        await using var removing = Fixture.CreateStore(Database, builder => builder.Configure(options => options.AllowHardDelete = true));
        var snapshot = new Snapshot { Source = stream, Type = "sum", Version = 1, Payload = "1"u8.ToArray() };
        foreach (var end in Ends)
        {
            await using var caller = await BeginAsync();
            var store = removing.Events.WithTransaction(caller.Transaction);
            await end(caller);
            var before = await Database.ContentAsync();
            Func<Task>[] operations =
            [
                () => store.AppendAsync(stream, ExpectedVersion.Any, new Numbered(1), cancellationToken: Ct),
                () => store.AppendManyAsync([new(stream, ExpectedVersion.Any, Numbered(1)), new(NewStream(), ExpectedVersion.Any, Numbered(1))], Ct),
                () => store.LinkAsync(NewStream(), ExpectedVersion.Any, ids, Ct),
                () => ToListAsync(store.ReadStreamAsync(stream, cancellationToken: Ct)),
                () => store.Streams.FindAsync(stream, Ct),
                () => store.Streams.ListAsync(cancellationToken: Ct).ToListAsync(Ct).AsTask(),
                () => store.Streams.DeleteAsync(stream, ExpectedVersion.Any, Ct),
                () => store.Streams.UndeleteAsync(stream, Ct),
                () => store.Streams.TruncateAsync(stream, 2, Ct),
                () => store.Streams.HardDeleteAsync(stream, ExpectedVersion.Any, Ct),
                () => store.Snapshots.RecordAsync(snapshot, Ct),
                () => store.Snapshots.FindAsync(stream, "sum", Ct),
                () => store.Snapshots.DeleteAsync(stream, "sum", Ct),
            ];
            foreach (var operation in operations)
                AssertOver(await Assert.ThrowsAnyAsync<InvalidOperationException>(operation));

            Assert.Equal(before, await Database.ContentAsync());
            await AssertNumbersAsync(stream, 1, 2);
        }
    }

    [Fact]
    public void A_transaction_of_another_kind_of_database_is_refused()
    {
        using var other = new OtherTransaction();
        var exception = Assert.Throws<ArgumentException>(() => Events.WithTransaction(other));
        Assert.Contains(nameof(OtherTransaction), exception.Message, StringComparison.Ordinal);
        Assert.Contains("GetDbTransaction()", exception.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentNullException>(() => Events.WithTransaction(null!));
    }

    [Fact]
    public async Task A_context_without_a_transaction_is_refused_and_its_transaction_is_joined_however_it_is_passed()
    {
        await using var shop = NewShop();
        var exception = Assert.Throws<InvalidOperationException>(() => Events.In(shop));
        Assert.Contains("BeginTransactionAsync", exception.Message, StringComparison.Ordinal);

        await using var transaction = await shop.Database.BeginTransactionAsync(Ct);
        Assert.Same(Current(shop), Events.In(shop).Transaction);
        Assert.Same(Current(shop), Events.WithTransaction(transaction).Transaction);
        await transaction.RollbackAsync(Ct);
        Assert.Throws<InvalidOperationException>(() => Events.In(shop));
    }

    [Fact]
    public async Task The_store_s_own_operations_stay_outside_of_the_transaction()
    {
        var (inside, stream) = (NewStream(), await StreamAsync(1));
        await using var caller = await BeginAsync();
        var store = Events.WithTransaction(caller.Transaction);
        await store.AppendAsync(inside, ExpectedVersion.NoStream, new Numbered(1), cancellationToken: Ct);
        await AssertMissingAsync(inside);
        await AssertNumbersAsync(stream, 1);
        Assert.DoesNotContain(await ToListAsync(Events.ReadAllAsync(cancellationToken: Ct)), @event => @event.StreamName == inside);
        await caller.Transaction.CommitAsync(Ct);
        Assert.Contains(await ToListAsync(Events.ReadAllAsync(cancellationToken: Ct)), @event => @event.StreamName == inside);
    }

    private static Func<CallersTransaction, Task>[] Ends =>
    [
        caller => caller.Transaction.CommitAsync(Ct),
        caller => caller.Transaction.RollbackAsync(Ct),
        caller => caller.Transaction.DisposeAsync().AsTask(),
        caller => caller.Connection.CloseAsync(),
    ];

    private static void AssertOver(InvalidOperationException exception) => Assert.Contains("has ended", exception.Message, StringComparison.Ordinal);

    [SuppressMessage("Design", "CA1063", Justification = "A stand-in of a test.")]
    private sealed class OtherTransaction : DbTransaction
    {
        public override IsolationLevel IsolationLevel => IsolationLevel.Unspecified;

        protected override DbConnection? DbConnection => null;

        public override void Commit()
        {
        }

        public override void Rollback()
        {
        }
    }
}
