using System.Collections.Concurrent;
using System.Data;
using System.Data.Common;
using System.Globalization;
using Microsoft.EntityFrameworkCore;

namespace EventStore.EF;

/// <summary>
/// Sees that a transaction of the caller is on the store's own database. Each server and database is asked once; names alone don't tell, because
/// one server may have several.
/// </summary>
internal sealed class TransactionDatabase(IStorage storage, IDbContextFactory<EventStoreDbContext> contexts)
{
    private readonly ConcurrentDictionary<(string DataSource, string Database), bool> _own = [];

    /// <exception cref="InvalidOperationException">It is on another database.</exception>
    /// <exception cref="EventStoreUnavailableException">The store's database could not be asked.</exception>
    public void Require(DbTransaction transaction)
    {
        var connection = TransactionRules.OpenConnection(transaction);
        var place = (connection.DataSource, connection.Database);
        if (_own.ContainsKey(place))
            return;

        using var outside = CallersScope.Leave();
        using var context = contexts.CreateDbContext();
        var store = context.Database.GetDbConnection();
        if (place != (store.DataSource, store.Database) && !IsOwn(context, transaction))
        {
            throw new InvalidOperationException(
                $"The transaction given to WithTransaction is on {Name(connection)}, and the event store is on {Name(store)}. Events can only be committed with rows of the store's own database: " +
                "begin the transaction there, or register a store for the other database.");
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

    /// <summary>Marks the store's database until the result is disposed of.</summary>
    private static DbTransaction Mark(EventStoreDbContext context, string sql, long key, out object? text)
    {
        try
        {
            context.Database.OpenConnection();
            var connection = context.Database.GetDbConnection();

            // Deferred on SQLite: the caller may have the write lock.
            var transaction = connection.BeginTransaction(IsolationLevel.ReadUncommitted);
            using var mark = connection.Command(sql, ("key", key));
            mark.Transaction = transaction;
            text = mark.ExecuteScalar();
            return transaction;
        }
        catch (DbException exception)
        {
            throw new EventStoreUnavailableException(
                $"Whether the transaction given to WithTransaction is on the event store's database could not be found out, because the store's own connection failed: {exception.Message}", false, exception);
        }
    }

    private static string Name(DbConnection connection) => $"database '{connection.Database}' of {connection.DataSource}";
}
