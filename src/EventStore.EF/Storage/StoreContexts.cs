using System.Data.Common;
using Microsoft.EntityFrameworkCore;

namespace EventStore.EF.Storage;

/// <summary>Creates contexts: pooled ones with their own connection, or one in the caller's transaction.</summary>
internal sealed class StoreContexts(IDbContextFactory<EventStoreDbContext> factory, StoreDatabase store)
{
    public IDbContextFactory<EventStoreDbContext> Factory => factory;

    public async ValueTask<EventStoreDbContext> CreateAsync(DbTransaction? transaction, CancellationToken ct)
        => transaction is null ? await factory.CreateDbContextAsync(ct).ConfigureAwait(false) : Create(transaction);

    private EventStoreDbContext Create(DbTransaction transaction)
    {
        var options = new DbContextOptionsBuilder<EventStoreDbContext>();
        store.Configure(options, TransactionRules.OpenConnection(transaction));
        var context = new EventStoreDbContext(options.Options);

        // EF Core refuses this inside a TransactionScope.
        using (CallerTransactionScope.Leave())
            context.Database.UseTransaction(transaction);

        return context;
    }
}
