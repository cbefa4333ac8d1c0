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
        if (transaction.Connection is null)
            throw IsOver();
    }

    public static InvalidOperationException IsOver()
        => new("The transaction given to WithTransaction is over: it was committed, rolled back or disposed of, or its connection is closed.");
}
