using System.Data;
using System.Data.Common;
using System.Diagnostics;
using System.Globalization;
using EventStore.EF.Errors;
using EventStore.EF.Storage;
using EventStore.EF.Storage.Sql;
using EventStore.EF.Subscriptions.Delivery;
using EventStore.EF.Subscriptions.Handlers;
using EventStore.EF.Subscriptions.Leases;
using EventStore.EF.Subscriptions.Processing;
using EventStore.EF.Telemetry;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace EventStore.EF.Subscriptions.Projections;

/// <summary>
/// Applies events in one transaction of the projection's context: the handlers, one SaveChanges, the fence, COMMIT. The context's execution
/// strategy retries failures of saving and committing. Because the transaction is over then, the handlers run again, in a new service
/// scope. A handler's exception is kept from the strategy: it counts as an attempt.
/// </summary>
internal sealed class ProjectionTransaction(
    SubscriberHandler handler, Type contextType, SubscriptionName name, SubscriptionServices services)
{
    private readonly ProjectionStatements _statements = services.Storage.Statements.Projections;
    private readonly ContextUse _uses = new(name, contextType, services);
    private ProjectionStep _step;
    private bool _isBroken;

    /// <summary>
    /// Applies the events, or finds that they are already applied; in a span of their own if anyone listens. Returns the failure, if any.
    /// </summary>
    /// <param name="items">The events.</param>
    /// <param name="attempt">The attempt passed to the handlers: 1 for the first.</param>
    /// <param name="fence">The last statement, which ends the transaction if this process may no longer commit it.</param>
    /// <param name="ct">Rolls the transaction back.</param>
    /// <exception cref="SubscriptionLostException">Another process has taken over.</exception>
    /// <exception cref="SubscriptionDeletedException">The subscription was deleted.</exception>
    public Task<ProjectionFailure?> RunAsync(
        IReadOnlyList<DeliveryItem> items, int attempt, ProjectionFence fence, CancellationToken ct)
        => Tracing.IsListenedTo || services.Meter.MeasuresHandling
            ? ObserveAsync(items, attempt, fence, ct)
            : TryAsync(items, attempt, fence, ct);

    private async Task<ProjectionFailure?> ObserveAsync(
        IReadOnlyList<DeliveryItem> items, int attempt, ProjectionFence fence, CancellationToken ct)
    {
        var begunAt = services.Meter.BeginHandling();
        using var span = Tracing.IsListenedTo ? StartSpan(items, attempt) : null;
        Exception? failure = null;
        try
        {
            var failed = await TryAsync(items, attempt, fence, ct).ConfigureAwait(false);
            failure = failed?.Exception;
            return failed;
        }
        catch (Exception exception)
        {
            failure = exception;
            throw;
        }
        finally
        {
            if (failure is not null)
                Tracing.Fail(span, failure);

            services.Meter.Processed(name, items.Count, begunAt, failure, ct);
        }
    }

    private Activity? StartSpan(IReadOnlyList<DeliveryItem> items, int attempt)
    {
        // Only a single event can continue the trace of its append; the others have had their first handling, too.
        var traces = items.Count(item => item.TakeTrace());
        return items is [var only]
            ? ProcessSpan.Start(
                name, only.Event, attempt, only.IsLive, services.StoreOptions.ContinueTraces && attempt == 1 && traces == 1)
            : ProcessSpan.Start(name, [.. items.Select(item => item.Event)], attempt, items.All(item => item.IsLive));
    }

    private async Task<ProjectionFailure?> TryAsync(
        IReadOnlyList<DeliveryItem> items, int attempt, ProjectionFence fence, CancellationToken ct)
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
                database, _statements.Limit, ct,
                ("milliseconds", (long)services.StoreOptions.LeaseDuration.TotalMilliseconds)).ConfigureAwait(false);
            if (await HandleAsync(scope.ServiceProvider, context, transaction, items, attempt, ct).ConfigureAwait(false) is { } failure)
                return failure;

            if (database.CurrentTransaction != transaction)
                throw new InvalidOperationException(
                    "A handler has ended the transaction of its projection. " +
                    $"Leave commit and rollback of {context.GetType()} to the store; to undo, throw an exception.");

            _step = ProjectionStep.Finishing;
            await fence.PassAsync(transaction.GetDbTransaction(), ct).ConfigureAwait(false);
            await transaction.CommitAsync(ct).ConfigureAwait(false);
            fence.Committed();
            return null;
        }
        catch
        {
            // Checked here: the transaction's connection is closed on the way out.
            _isBroken = IsBroken(database);
            throw;
        }
    }

    private async Task<ProjectionFailure?> HandleAsync(
        IServiceProvider scope, DbContext context, IDbContextTransaction transaction, IReadOnlyList<DeliveryItem> items, int attempt,
        CancellationToken ct)
    {
        var database = context.Database;
        using var use = await _uses.BeginAsync(context, items, token => WrittenAsync(database, token), ct).ConfigureAwait(false);
        _step = ProjectionStep.Handling;
        try
        {
            foreach (var item in items)
            {
                // One for each handler call, so that work a handler left running doesn't write into the transaction after its turn.
                using (AmbientTransaction.Begin(services.Storage, transaction.GetDbTransaction()))
                    await handler.HandleAsync(scope, item, attempt, ct).ConfigureAwait(false);

                use?.Handled(item.Event.EventType);
            }
        }
        catch (Exception exception)
        {
            return new(
                exception, ProjectionStep.Handling, IsBroken(database),
                HasDatabaseException(exception) && await IsAbortedAsync(database, ct).ConfigureAwait(false));
        }

        // A savepoint here would cost two more round trips, for a transaction that ends on failure anyway.
        _step = ProjectionStep.Saving;
        database.AutoSavepointsEnabled = false;
        using var ambient = AmbientTransaction.Begin(services.Storage, transaction.GetDbTransaction());
        await context.SaveChangesAsync(ct).ConfigureAwait(false);
        if (use is not null && database.CurrentTransaction == transaction)
            await use.EndAsync(ct).ConfigureAwait(false);

        return null;
    }

    /// <summary>
    /// Returns what this process or its database lacks for every event, a service, table or column of the projection, if that caused the
    /// exception.
    /// </summary>
    public async Task<ProcessFaultException?> FaultOfAsync(Exception exception, CancellationToken ct)
    {
        if (exception is ProcessFaultException fault)
            return fault;

        if (!HasDatabaseException(exception))
            return null;

        try
        {
            await using var scope = handler.CreateScope();
            return await ProjectionTables.FirstMissingAsync(ContextOf(scope), services.Storage, ct).ConfigureAwait(false) is { } missing
                ? new($"The database of {contextType} lacks {missing}: {ErrorText.MessageOf(exception.GetBaseException())}", exception)
                : null;
        }
        catch (Exception trouble) when (!ct.IsCancellationRequested)
        {
            // Nothing is known about the tables; the original exception decides.
            _ = services.Storage.Classify(trouble);
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
            throw new ProcessFaultException($"{contextType} cannot be created: {ErrorText.Describe(exception)}", exception);
        }
    }

    /// <summary>
    /// Whether the transaction takes no statement any more: on PostgreSQL each error of its own connection has that effect.
    /// </summary>
    private static async Task<bool> IsAbortedAsync(DatabaseFacade database, CancellationToken ct)
    {
        if (database.CurrentTransaction is null || IsBroken(database))
            return true;

        try
        {
            await ExecuteAsync(database, "SELECT 1", ct).ConfigureAwait(false);
            return false;
        }
        catch (Exception) when (!ct.IsCancellationRequested)
        {
            return true;
        }
    }

    private static bool IsBroken(DatabaseFacade database)
        => database.GetDbConnection().State is ConnectionState.Closed or ConnectionState.Broken;

    private async Task<string?> WrittenAsync(DatabaseFacade database, CancellationToken ct)
    {
        await using var command = Command(database, _statements.Written);
        return Convert.ToString(await command.ScalarAsync(ct).ConfigureAwait(false), CultureInfo.InvariantCulture);
    }

    private static async ValueTask ExecuteAsync(
        DatabaseFacade database, string? sql, CancellationToken ct, params (string Name, object? Value)[] parameters)
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
