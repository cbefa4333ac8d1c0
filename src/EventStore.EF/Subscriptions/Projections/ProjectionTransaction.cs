using System.Data;
using System.Data.Common;
using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace EventStore.EF;

/// <summary>
/// Applies events in one transaction of the projection's context: the handlers, one SaveChanges, the fence, COMMIT. The context's own
/// execution strategy repeats what failed in saving and committing; as the transaction is over then, the handlers run again, in a service scope of
/// their own. What a handler throws is kept from the strategy: it is an attempt, and counted.
/// </summary>
internal sealed class ProjectionTransaction(SubscriberHandler handler, Type contextType, SubscriptionName name, SubscriptionParts parts)
{
    private readonly ProjectionStatements _statements = parts.Storage.Statements.Projections;
    private readonly ContextUse _uses = new(name, contextType, parts);
    private ProjectionStep _step;
    private bool _isBroken;

    /// <summary>Applies them, or finds that they are applied already. Returns what went wrong.</summary>
    /// <param name="items">The events.</param>
    /// <param name="attempt">For the handlers: 1 for the first attempt.</param>
    /// <param name="fence">The last statement, which ends the transaction when it isn't this process's to commit any more.</param>
    /// <param name="ct">Rolls it back.</param>
    /// <exception cref="SubscriptionLostException">Another process has taken over.</exception>
    /// <exception cref="SubscriptionDeletedException">The subscription was deleted.</exception>
    public async Task<ProjectionFailure?> RunAsync(IReadOnlyList<DeliveryItem> items, int attempt, ProjectionFence fence, CancellationToken ct)
    {
        (_step, _isBroken) = (ProjectionStep.Preparing, false);
        try
        {
            await using var first = handler.CreateScope();
            var isRepeated = false;
            return await ContextOf(first).Database.CreateExecutionStrategy().ExecuteAsync(async token =>
            {
                (_step, _isBroken) = (ProjectionStep.Preparing, false);
                if (await fence.IsPassedAsync(token).ConfigureAwait(false))
                    return null;

                if (!isRepeated)
                {
                    isRepeated = true;
                    return await ApplyAsync(first, items, attempt, fence, token).ConfigureAwait(false);
                }

                await using var next = handler.CreateScope();
                return await ApplyAsync(next, items, attempt, fence, token).ConfigureAwait(false);
            }, ct).ConfigureAwait(false);
        }
        catch (Exception exception) when (!LeaseEnds.Is(exception))
        {
            return new(exception, _step, _isBroken);
        }
    }

    private async Task<ProjectionFailure?> ApplyAsync(
        AsyncServiceScope scope, IReadOnlyList<DeliveryItem> items, int attempt, ProjectionFence fence, CancellationToken ct)
    {
        var context = ContextOf(scope);
        var database = context.Database;
        await database.OpenConnectionAsync(ct).ConfigureAwait(false);
        await ExecuteAsync(database, _statements.Prepare, ct).ConfigureAwait(false);
        await using var transaction = await database.BeginTransactionAsync(IsolationLevel.ReadCommitted, ct).ConfigureAwait(false);
        try
        {
            await ExecuteAsync(
                database, _statements.Limit, ct, ("milliseconds", (long)parts.StoreOptions.LeaseDuration.TotalMilliseconds)).ConfigureAwait(false);
            if (await HandleAsync(scope.ServiceProvider, context, transaction, items, attempt, ct).ConfigureAwait(false) is { } failure)
                return failure;

            if (database.CurrentTransaction != transaction)
                throw new InvalidOperationException($"A handler has ended the transaction of its projection. Leave commit and rollback of {context.GetType()} to the store; to undo, throw.");

            _step = ProjectionStep.Finishing;
            await fence.PassAsync(transaction.GetDbTransaction(), ct).ConfigureAwait(false);
            await transaction.CommitAsync(ct).ConfigureAwait(false);
            fence.Committed();
            return null;
        }
        catch
        {
            // Now: on its way out the transaction's connection is closed.
            _isBroken = IsBroken(database);
            throw;
        }
    }

    private async Task<ProjectionFailure?> HandleAsync(
        IServiceProvider scope, DbContext context, IDbContextTransaction transaction, IReadOnlyList<DeliveryItem> items, int attempt, CancellationToken ct)
    {
        var database = context.Database;
        using var use = await _uses.BeginAsync(context, items, token => WrittenAsync(database, token), ct).ConfigureAwait(false);
        _step = ProjectionStep.Handling;
        try
        {
            foreach (var item in items)
            {
                // For each handler by itself: what it has left running doesn't write into the transaction when its turn is over.
                using (AmbientTransaction.Begin(parts.Storage, transaction.GetDbTransaction()))
                    await handler.HandleAsync(scope, item, attempt, ct).ConfigureAwait(false);

                use?.Handled(item.Event.EventType);
            }
        }
        catch (Exception exception)
        {
            return new(exception, ProjectionStep.Handling, IsBroken(database));
        }

        // A savepoint before it would be two more round trips, for a transaction that ends when it fails.
        _step = ProjectionStep.Saving;
        database.AutoSavepointsEnabled = false;
        using var ambient = AmbientTransaction.Begin(parts.Storage, transaction.GetDbTransaction());
        await context.SaveChangesAsync(ct).ConfigureAwait(false);
        if (use is not null && database.CurrentTransaction == transaction)
            await use.EndAsync(ct).ConfigureAwait(false);

        return null;
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

    private static bool IsBroken(DatabaseFacade database) => database.GetDbConnection().State is ConnectionState.Closed or ConnectionState.Broken;

    private async Task<string?> WrittenAsync(DatabaseFacade database, CancellationToken ct)
    {
        await using var command = Command(database, _statements.Written);
        return Convert.ToString(await command.ScalarAsync(ct).ConfigureAwait(false), CultureInfo.InvariantCulture);
    }

    private static async ValueTask ExecuteAsync(DatabaseFacade database, string? sql, CancellationToken ct, params (string Name, object? Value)[] parameters)
    {
        if (sql is null)
            return;

        await using var command = Command(database, sql, parameters);
        await command.ExecuteNonQueryAsync(ct).ConfigureAwait(false);
    }

    private static DbCommand Command(DatabaseFacade database, string sql, params ReadOnlySpan<(string Name, object? Value)> parameters)
    {
        var command = database.GetDbConnection().Command(sql, parameters);
        command.Transaction = database.CurrentTransaction?.GetDbTransaction();
        return command;
    }
}
