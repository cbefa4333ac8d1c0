using System.Data;
using System.Data.Common;

namespace EventStore.EF;

/// <summary>What a transaction of the caller must be like.</summary>
internal static class TransactionRules
{
    /// <exception cref="ArgumentException">It is of another kind of database.</exception>
    /// <exception cref="InvalidOperationException">It is over.</exception>
    public static void Check(DbTransaction transaction, IStorage storage, IStorageProvider provider)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        if (!storage.Accepts(transaction))
            throw new ArgumentException($"{transaction.GetType()} is no transaction on this store's kind of database ({provider.Name}). Of EF Core, pass context.Database.CurrentTransaction!.GetDbTransaction().", nameof(transaction));
        _ = OpenConnection(transaction);
    }

    /// <summary>The connection of a transaction that is not over.</summary>
    /// <exception cref="InvalidOperationException">It is over.</exception>
    public static DbConnection OpenConnection(DbTransaction transaction)
    {
        try
        {
            // A committed transaction may still have its connection, on which all would be written without any transaction; of its level
            // no provider speaks any more.
            _ = transaction.IsolationLevel;
            return transaction.Connection is { State: not ConnectionState.Closed } connection ? connection : throw new InvalidOperationException("It has no open connection.");
        }
        catch (InvalidOperationException exception)
        {
            throw new InvalidOperationException(
                "The transaction given to WithTransaction is over: it was committed, rolled back or disposed of, or its connection is closed.", exception);
        }
    }
}
