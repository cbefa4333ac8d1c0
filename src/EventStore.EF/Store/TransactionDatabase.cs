using System.Collections.Concurrent;
using System.Data;
using System.Data.Common;
using System.Globalization;
using EventStore.EF.Storage;
using EventStore.EF.Storage.Sql;
using Microsoft.EntityFrameworkCore;

namespace EventStore.EF.Store;

/// <summary>
/// Verifies that the caller's transaction is on the store's own database. Each server and database is checked once; names alone are not
/// conclusive, because one server may have several names.
/// </summary>
internal sealed class TransactionDatabase(IStorage storage, IDbContextFactory<EventStoreDbContext> contexts)
{
    private readonly ConcurrentDictionary<(string DataSource, string Database), bool> _own = [];

    /// <exception cref="InvalidOperationException">The transaction is on another database.</exception>
    /// <exception cref="EventStoreUnavailableException">The store's database could not be reached.</exception>
    public void Require(DbTransaction transaction)
    {
        var connection = TransactionRules.OpenConnection(transaction);
        var place = (connection.DataSource, connection.Database);
        if (_own.ContainsKey(place))
            return;

        using var outside = CallerTransactionScope.Leave();
        using var context = contexts.CreateDbContext();
        var store = context.Database.GetDbConnection();
        if (place != (store.DataSource, store.Database) && !IsOwn(context, transaction))
        {
            throw new InvalidOperationException(
                $"The transaction given to WithTransaction is on {Name(connection)}, but the event store is on {Name(store)}. " +
                "Events can be committed only together with rows of the store's own database. Begin the transaction there, " +
                "or register a store for the other database.");
        }

        _own.TryAdd(place, true);
    }

    private bool IsOwn(EventStoreDbContext context, DbTransaction transaction)
    {
        var statements = storage.Statements.Projections;
        var key = Random.Shared.NextInt64();
        using var marking = Mark(context, statements.Mark, key, out var text);
        using var isMarked = transaction.Connection!.Command(statements.IsMarked, ("key", key), ("mark", text));
        isMarked.Transaction = transaction;
        return Convert.ToBoolean(isMarked.ExecuteScalar(), CultureInfo.InvariantCulture);
    }

    /// <summary>Marks the store's database until the result is disposed.</summary>
    private static DbTransaction Mark(EventStoreDbContext context, string sql, long key, out object? text)
    {
        try
        {
            context.Database.OpenConnection();
            var connection = context.Database.GetDbConnection();

            // Deferred on SQLite, because the caller may hold the write lock.
            var transaction = connection.BeginTransaction(IsolationLevel.ReadUncommitted);
            using var mark = connection.Command(sql, ("key", key));
            mark.Transaction = transaction;
            text = mark.ExecuteScalar();
            return transaction;
        }
        catch (DbException exception)
        {
            throw new EventStoreUnavailableException(
                "The store could not verify that the transaction given to WithTransaction is on its own database, because " +
                $"the store's own connection failed: {exception.Message}", false, exception);
        }
    }

    private static string Name(DbConnection connection) => $"database '{connection.Database}' of {connection.DataSource}";
}
