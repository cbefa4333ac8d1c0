using System.Data.Common;
using Microsoft.EntityFrameworkCore;

namespace EventStore.EF;

/// <summary>Gives contexts: pooled ones with a connection of the store's own, or one in a transaction of the caller's.</summary>
internal sealed class StoreContexts(IDbContextFactory<EventStoreDbContext> factory, EventStoreRegistration store)
{
    public IDbContextFactory<EventStoreDbContext> Factory => factory;

    public async ValueTask<EventStoreDbContext> CreateAsync(DbTransaction? transaction, CancellationToken ct)
    {
        if (transaction is null)
            return await factory.CreateDbContextAsync(ct).ConfigureAwait(false);

        var options = new DbContextOptionsBuilder<EventStoreDbContext>();
        store.Configure(options, TransactionRules.OpenConnection(transaction));
        var context = new EventStoreDbContext(options.Options);
        await context.Database.UseTransactionAsync(transaction, ct).ConfigureAwait(false);
        return context;
    }
}
