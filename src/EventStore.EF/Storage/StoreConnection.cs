using System.Data.Common;
using EventStore.EF.Errors;
using Microsoft.EntityFrameworkCore;

namespace EventStore.EF.Storage;

/// <summary>
/// An open connection for SQL that must bypass LINQ: on the hot paths SaveChanges was 2 to 9 times slower, and LINQ doesn't work under
/// Native AOT. It belongs to a pooled <see cref="EventStoreDbContext"/> or to the caller's transaction.
/// </summary>
internal readonly struct StoreConnection : IAsyncDisposable
{
    private readonly EventStoreDbContext? _context;
    private readonly BackgroundConnections? _owner;

    private StoreConnection(EventStoreDbContext context, BackgroundConnections? owner)
    {
        _context = context;
        _owner = owner;
        Connection = context.Database.GetDbConnection();
    }

    private StoreConnection(DbTransaction transaction)
    {
        Connection = TransactionRules.OpenConnection(transaction);
        Transaction = transaction;
    }

    public DbConnection Connection { get; }

    /// <summary>The caller's transaction, if it is the caller's connection.</summary>
    public DbTransaction? Transaction { get; }

    /// <param name="contexts">Creates contexts with the store's own connections.</param>
    /// <param name="transaction">The caller's transaction, whose connection is used instead.</param>
    /// <param name="ct">Cancels the opening.</param>
    public static async ValueTask<StoreConnection> OpenAsync(
        IDbContextFactory<EventStoreDbContext> contexts, DbTransaction? transaction, CancellationToken ct)
    {
        return transaction is not null
            ? new(transaction)
            : await OpenAsync(contexts, default(BackgroundConnections), ct).ConfigureAwait(false);
    }

    public static ValueTask<StoreConnection> OpenAsync(IDbContextFactory<EventStoreDbContext> contexts, CancellationToken ct)
        => OpenAsync(contexts, default(BackgroundConnections), ct);

    /// <param name="contexts">Creates contexts with connections.</param>
    /// <param name="owner">Takes the connection back when it is disposed; by default the connection is closed.</param>
    /// <param name="ct">Cancels the opening.</param>
    public static async ValueTask<StoreConnection> OpenAsync(
        IDbContextFactory<EventStoreDbContext> contexts, BackgroundConnections? owner, CancellationToken ct)
    {
        var context = await contexts.CreateDbContextAsync(ct).ConfigureAwait(false);
        try
        {
            await context.Database.OpenConnectionAsync(ct).ConfigureAwait(false);
            return new(context, owner);
        }
        catch (Exception exception)
        {
            WroteNothing.Mark(exception);
            await context.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>The open connection of a context.</summary>
    public static StoreConnection Of(EventStoreDbContext context, BackgroundConnections owner) => new(context, owner);

    public DbCommand Command(string sql, params ReadOnlySpan<(string Name, object? Value)> parameters)
    {
        var command = Connection.Command(sql, parameters);
        command.Transaction = Transaction;
        return command;
    }

    /// <summary>Begins a transaction of the store's own, with <paramref name="first"/> as its first statement.</summary>
    public async Task<DbTransaction> BeginAsync(string first, CancellationToken ct)
    {
        var transaction = await Connection.BeginTransactionAsync(ct).ConfigureAwait(false);
        _ = await transaction.ExecuteAsync(first, ct).ConfigureAwait(false);
        return transaction;
    }

    public ValueTask DisposeAsync()
        => _context is null ? ValueTask.CompletedTask : _owner is null ? _context.DisposeAsync() : _owner.ReturnAsync(_context);
}
