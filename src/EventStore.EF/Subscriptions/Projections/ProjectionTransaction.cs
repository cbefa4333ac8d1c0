using System.Data;
using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace EventStore.EF;

/// <summary>
/// Applies events in one transaction of the projection's context: the handlers, one SaveChanges, the fence, COMMIT. The context's own
/// execution strategy may repeat the whole; each repetition has a service scope of its own.
/// </summary>
internal sealed class ProjectionTransaction(SubscriberHandler handler, Type contextType, SubscriptionParts parts)
{
    private readonly ProjectionStatements _statements = parts.Storage.Statements.Projections;

    /// <summary>Applies them, or finds that they are applied already.</summary>
    /// <param name="items">The events.</param>
    /// <param name="attempt">For the handlers: 1 for the first attempt.</param>
    /// <param name="fence">The last statement, which ends the transaction when it isn't this process's to commit any more.</param>
    /// <param name="ct">Rolls it back.</param>
    public async Task RunAsync(IReadOnlyList<DeliveryItem> items, int attempt, ProjectionFence fence, CancellationToken ct)
    {
        await using var scope = handler.CreateScope();
        await ContextOf(scope).Database.CreateExecutionStrategy().ExecuteAsync(async token =>
        {
            if (!await fence.IsPassedAsync(token).ConfigureAwait(false))
                await ApplyAsync(items, attempt, fence, token).ConfigureAwait(false);
        }, ct).ConfigureAwait(false);
    }

    private async Task ApplyAsync(IReadOnlyList<DeliveryItem> items, int attempt, ProjectionFence fence, CancellationToken ct)
    {
        await using var scope = handler.CreateScope();
        var context = ContextOf(scope);
        var database = context.Database;
        await database.OpenConnectionAsync(ct).ConfigureAwait(false);
        await ExecuteAsync(database, _statements.Prepare, ct).ConfigureAwait(false);
        await using var transaction = await database.BeginTransactionAsync(IsolationLevel.ReadCommitted, ct).ConfigureAwait(false);
        await ExecuteAsync(
            database, _statements.Limit, ct, ("milliseconds", (long)parts.StoreOptions.LeaseDuration.TotalMilliseconds)).ConfigureAwait(false);
        foreach (var item in items)
        {
            // For each handler by itself: what it has left running doesn't write into the transaction when its turn is over.
            using (AmbientTransaction.Begin(parts.Storage, transaction.GetDbTransaction()))
                await handler.HandleAsync(scope.ServiceProvider, item, attempt, ct).ConfigureAwait(false);
        }

        using (AmbientTransaction.Begin(parts.Storage, transaction.GetDbTransaction()))
        {
            // A savepoint before it would be two more round trips, for a transaction that ends when it fails.
            database.AutoSavepointsEnabled = false;
            await context.SaveChangesAsync(ct).ConfigureAwait(false);
        }

        if (database.CurrentTransaction != transaction)
            throw new InvalidOperationException($"A handler has ended the transaction of its projection. Leave commit and rollback of {context.GetType()} to the store; to undo, throw.");

        await fence.PassAsync(transaction.GetDbTransaction(), ct).ConfigureAwait(false);
        await transaction.CommitAsync(ct).ConfigureAwait(false);
        fence.Committed();
    }

    /// <summary>What this process or its database lacks for every event, if an exception comes from that: a service, or a table of the projection.</summary>
    public async Task<ProcessFaultException?> FaultOfAsync(Exception exception, CancellationToken ct)
    {
        if (exception is ProcessFaultException fault)
            return fault;

        if (!HasDatabaseException(exception))
            return null;

        try
        {
            await using var scope = handler.CreateScope();
            return await ProjectionTables.FirstMissingAsync(ContextOf(scope), _statements.HasTable, ct).ConfigureAwait(false) is { } table
                ? new($"Table '{table}' of {contextType} is missing: {exception.GetBaseException().Message}", exception)
                : null;
        }
        catch (Exception trouble) when (!ct.IsCancellationRequested)
        {
            // Nothing is known of the tables; the exception itself says what is to be done.
            _ = parts.Storage.Classify(trouble);
            return null;
        }
    }

    private static bool HasDatabaseException(Exception exception)
    {
        for (var inner = exception; inner is not null; inner = inner.InnerException)
        {
            if (inner is DbException)
                return true;
        }

        return false;
    }

    private DbContext ContextOf(AsyncServiceScope scope)
    {
        try
        {
            return (DbContext)scope.ServiceProvider.GetRequiredService(contextType);
        }
        catch (Exception exception)
        {
            throw new ProcessFaultException($"{contextType} can't be made: {exception.Message}", exception);
        }
    }

    private static async ValueTask ExecuteAsync(DatabaseFacade database, string? sql, CancellationToken ct, params (string Name, object? Value)[] parameters)
    {
        if (sql is null)
            return;

        await using var command = database.GetDbConnection().Command(sql, parameters);
        command.Transaction = database.CurrentTransaction?.GetDbTransaction();
        await command.ExecuteNonQueryAsync(ct).ConfigureAwait(false);
    }
}
