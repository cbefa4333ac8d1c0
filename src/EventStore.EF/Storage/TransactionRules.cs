using System.Data;
using System.Data.Common;

namespace EventStore.EF.Storage;

/// <summary>The requirements for a caller's transaction.</summary>
internal static class TransactionRules
{
    /// <exception cref="ArgumentException">The transaction is of another kind of database.</exception>
    /// <exception cref="InvalidOperationException">The transaction has ended.</exception>
    public static void Check(DbTransaction transaction, IStorage storage, IStorageProvider provider)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        if (!storage.Accepts(transaction))
        {
            throw new ArgumentException(
                $"{transaction.GetType()} is not a transaction of this store's database provider ({provider.Name}). " +
                "With EF Core, pass context.Database.CurrentTransaction!.GetDbTransaction().", nameof(transaction));
        }

        _ = OpenConnection(transaction);
    }

    /// <summary>The connection of a transaction that is still open.</summary>
    /// <exception cref="InvalidOperationException">The transaction has ended.</exception>
    public static DbConnection OpenConnection(DbTransaction transaction)
    {
        try
        {
            // A committed transaction may still have its connection, on which everything would be written without a transaction; but no
            // provider reports its isolation level any more.
            _ = transaction.IsolationLevel;
            return transaction.Connection is { State: not ConnectionState.Closed } connection
                ? connection
                : throw new InvalidOperationException("The transaction has no open connection.");
        }
        catch (InvalidOperationException exception)
        {
            throw new InvalidOperationException(
                "The transaction given to WithTransaction has ended: it was committed, rolled back or disposed, " +
                "or its connection is closed.", exception);
        }
    }
}
