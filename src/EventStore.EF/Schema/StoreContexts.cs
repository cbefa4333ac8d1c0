using System.Data.Common;
using Microsoft.EntityFrameworkCore;

namespace EventStore.EF;

/// <summary>Gives contexts: pooled ones with a connection of the store's own, or one in a transaction of the caller's.</summary>
internal sealed class StoreContexts(IDbContextFactory<EventStoreDbContext> factory, EventStoreRegistration store)
{
    public IDbContextFactory<EventStoreDbContext> Factory => factory;

    public async ValueTask<EventStoreDbContext> CreateAsync(DbTransaction? transaction, CancellationToken ct)
        => transaction is null ? await factory.CreateDbContextAsync(ct).ConfigureAwait(false) : Create(transaction);

    private EventStoreDbContext Create(DbTransaction transaction)
    {
        var options = new DbContextOptionsBuilder<EventStoreDbContext>();
        store.Configure(options, TransactionRules.OpenConnection(transaction));
        var context = new EventStoreDbContext(options.Options);

        // EF Core refuses it inside a TransactionScope.
        using (CallersScope.Leave())
            context.Database.UseTransaction(transaction);

        return context;
    }
}
