using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;

namespace EventStore.EF;

/// <summary>Joins the transactions of Entity Framework Core.</summary>
public static class EventStoreTransactionExtensions
{
    /// <summary>
    /// Returns the store inside an EF Core transaction: whatever it writes commits or rolls back together with the context's entities.
    /// </summary>
    /// <param name="store">The store.</param>
    /// <param name="transaction">An open transaction on the store's database, from <c>context.Database.BeginTransactionAsync()</c>.</param>
    /// <exception cref="InvalidOperationException">
    /// The transaction has ended, is on a database other than the store's, or is not one of a relational database.
    /// </exception>
    /// <inheritdoc cref="IEventStore.WithTransaction"/>
    public static ITransactionalEventStore WithTransaction(this IEventStore store, IDbContextTransaction transaction)
    {
        ArgumentNullException.ThrowIfNull(store);
        ArgumentNullException.ThrowIfNull(transaction);
        return store.WithTransaction(transaction.GetDbTransaction());
    }

    /// <summary>Returns the store inside the current transaction of a context.</summary>
    /// <param name="store">The store.</param>
    /// <param name="context">A context on the store's database, with a transaction that it began or was given.</param>
    /// <exception cref="InvalidOperationException">
    /// The context has no current transaction, or one on a database other than the store's.
    /// </exception>
    /// <inheritdoc cref="IEventStore.WithTransaction"/>
    public static ITransactionalEventStore In(this IEventStore store, DbContext context)
    {
        ArgumentNullException.ThrowIfNull(store);
        ArgumentNullException.ThrowIfNull(context);
        return store.WithTransaction(context.Database.CurrentTransaction ?? throw new InvalidOperationException(
            $"{context.GetType().Name} has no current transaction. Begin one first, with context.Database.BeginTransactionAsync(): " +
            "SaveChanges alone commits at once, and the events would not be part of it."));
    }
}
