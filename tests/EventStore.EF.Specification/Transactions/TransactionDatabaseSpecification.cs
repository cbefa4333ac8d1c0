using EventStore.EF.Storage;
using EventStore.EF.Store;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace EventStore.EF.Specification;

/// <summary>A transaction of the caller's is on the store's own database, or is refused.</summary>
public abstract class TransactionDatabaseSpecification(StoreFixture fixture) : TransactionSuite(fixture)
{
    [Fact]
    public async Task A_transaction_on_another_database_is_refused_also_when_that_has_a_store_and_both_are_named()
    {
        await using var other = await Fixture.CreateDatabaseAsync();
        await using var own = await Database.OpenAsync();
        await using var connection = await other.OpenAsync();
        await using var transaction = await connection.BeginTransactionAsync(Ct);
        for (var time = 0; time < 2; time++)
        {
            var exception = Assert.Throws<InvalidOperationException>(() => Events.WithTransaction(transaction));
            foreach (var name in (string[])[own.Database, own.DataSource, connection.Database, connection.DataSource])
                Assert.Contains(name, exception.Message, StringComparison.Ordinal);
        }

        await transaction.CommitAsync(Ct);
        Assert.Equal(0, (await other.ContentAsync()).Events);
    }

    [Fact]
    public async Task A_transaction_that_writes_already_is_accepted_and_a_refusal_leaves_it_usable()
    {
        await using var caller = await BeginAsync();
        var (stream, other) = (NewStream(), NewStream());
        await caller.ScalarAsync($"INSERT INTO shop_orders (stream, items) VALUES ('{stream}', 1)");
        await Events.WithTransaction(caller.Transaction).AppendAsync(stream, ExpectedVersion.NoStream, new Numbered(1), cancellationToken: Ct);

        await using var foreign = await Fixture.CreateDatabaseAsync();
        await using var elsewhere = Fixture.CreateStore(foreign);
        Assert.Throws<InvalidOperationException>(() => elsewhere.Events.WithTransaction(caller.Transaction));
        await Events.WithTransaction(caller.Transaction).AppendAsync(other, ExpectedVersion.NoStream, new Numbered(1), cancellationToken: Ct);
        await caller.Transaction.CommitAsync(Ct);

        await AssertNumbersAsync(stream, 1);
        await AssertNumbersAsync(other, 1);
    }

    [Fact]
    public async Task The_database_is_asked_the_first_time_and_never_again()
    {
        var services = Store.Host.Services;
        var contexts = new CountedContexts(services.GetRequiredService<IDbContextFactory<EventStoreDbContext>>());
        var database = new TransactionDatabase(services.GetRequiredService<IStorage>(), contexts);
        for (var time = 0; time < 3; time++)
        {
            await using var caller = await BeginAsync();
            database.Require(caller.Transaction);
        }

        Assert.Equal(1, contexts.Created);
    }

    private sealed class CountedContexts(IDbContextFactory<EventStoreDbContext> contexts) : IDbContextFactory<EventStoreDbContext>
    {
        public int Created { get; private set; }

        public EventStoreDbContext CreateDbContext()
        {
            Created++;
            return contexts.CreateDbContext();
        }
    }
}
