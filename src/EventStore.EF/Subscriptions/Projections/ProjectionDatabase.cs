using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace EventStore.EF;

/// <summary>
/// Sees at start-up that a projection's context is on the store's own database: rows and checkpoint could not be committed together otherwise.
/// </summary>
internal sealed class ProjectionDatabase(IServiceScopeFactory scopes, IDbContextFactory<EventStoreDbContext> contexts, SubscriptionEngine engine)
{
    private readonly SubscriptionParts _parts = engine.Parts;

    /// <exception cref="InvalidOperationException">The context is not registered, is on another database, or may not write to the store's tables.</exception>
    public async Task RequireAsync(SubscriberRegistration projection, CancellationToken ct)
    {
        // Thrown here: inside, what the database refused would be told as trouble with the store's own user.
        if (await _parts.Access.RunAsync(CheckAsync, projection, StorageOperation.Read, ct).ConfigureAwait(false) is { } refusal)
            throw refusal;
    }

    private async Task<InvalidOperationException?> CheckAsync(SubscriberRegistration projection, CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        var who = $"Projection {projection.SubscriberType} ('{projection.Name}')";
        if (scope.ServiceProvider.GetService(projection.ContextType!) is not DbContext context)
            return new InvalidOperationException($"{who} writes to {projection.ContextType}, which is not registered: call AddDbContext<{projection.ContextType!.Name}>(…).");

        if (await FindLifetimeAsync(scope.ServiceProvider, projection).ConfigureAwait(false) is { } lifetime)
            return new InvalidOperationException($"{who} {lifetime}");

        return await context.Database.CreateExecutionStrategy().ExecuteAsync(async token =>
        {
            await context.Database.OpenConnectionAsync(token).ConfigureAwait(false);
            return await CheckAsync(who, context.GetType(), context.Database.GetDbConnection(), token).ConfigureAwait(false);
        }, ct).ConfigureAwait(false);
    }

    /// <summary>
    /// What is wrong with the lifetimes: a handler must get the very context whose transaction holds the checkpoint. Asked by resolving, because a
    /// factory may have been registered, whatever its lifetime says.
    /// </summary>
    private async Task<string?> FindLifetimeAsync(IServiceProvider scope, SubscriberRegistration projection)
    {
        var contextType = projection.ContextType!;
        var scoped = $"Register it as scoped: AddDbContext<{contextType.Name}>(…) without a lifetime, AddDbContextPool or AddDbContextFactory.";
        if (!ReferenceEquals(scope.GetService(contextType), scope.GetService(contextType)))
        {
            return $"would write nothing: {contextType} is registered so that each object that asks for it gets a context of its own (ServiceLifetime.Transient, or a factory), " +
                $"and its handlers would write to another one than the one whose transaction holds the checkpoint. {scoped}";
        }

        // While the first is there: a pool would hand out the same one again.
        await using var other = scopes.CreateAsyncScope();
        if (ReferenceEquals(scope.GetService(contextType), other.ServiceProvider.GetService(contextType)))
            return $"can't have a transaction of its own: {contextType} is one object for the whole application (ServiceLifetime.Singleton). {scoped}";

        return IsOneObject(projection.SubscriberType, scope, other.ServiceProvider)
            ? $"is one object for the whole application (ServiceLifetime.Singleton), and would keep its first {contextType} for ever. Register it as scoped, or leave it to AddProjection."
            : null;
    }

    private static bool IsOneObject(Type projectionType, IServiceProvider scope, IServiceProvider other)
    {
        try
        {
            return ReferenceEquals(scope.GetService(projectionType), other.GetService(projectionType));
        }
        catch (Exception)
        {
            // What it lacks is told by who asks for all that it needs.
            return false;
        }
    }

    private async Task<InvalidOperationException?> CheckAsync(string who, Type contextType, DbConnection connection, CancellationToken ct)
    {
        await using (var store = await StoreConnection.OpenAsync(contexts, ct).ConfigureAwait(false))
        {
            if (!await IsSameAsync(store.Connection, connection, ct).ConfigureAwait(false))
            {
                return new InvalidOperationException(
                    $"{who} can't write its rows and its checkpoint in one transaction: {contextType} is on {Name(connection)}, and the event store on {Name(store.Connection)}. " +
                    "Give both the same database, or use AddSubscriber and see in the handlers to events that are delivered twice.");
            }
        }

        try
        {
            // Moves no checkpoint, as no subscription has this id; but it needs the same privileges.
            await using var command = connection.Command(
                _parts.Storage.Statements.Subscriptions.Project, ("id", 0L), ("epoch", 0L), ("definition", 0L), ("server", null), ("first", 0L), ("position", 0L),
                ("lease", 0d));
            await command.ExecuteNonQueryAsync(ct).ConfigureAwait(false);

            // The same of what a replay does.
            await using var remove = connection.Command(_parts.Storage.Statements.Parked.Remove, ("id", 0L), ("place", 0L));
            await remove.ExecuteNonQueryAsync(ct).ConfigureAwait(false);
            return null;
        }
        catch (DbException exception) when (_parts.Storage.Classify(exception) is not StorageFailure.Unavailable)
        {
            return new InvalidOperationException(
                $"{who} can't move its checkpoint through the connection of {contextType}: {exception.Message} Its user needs SELECT and UPDATE on the store's table of subscriptions, and SELECT and DELETE on that of parked events: docs/security.md has the grants.", exception);
        }
    }

    private async Task<bool> IsSameAsync(DbConnection store, DbConnection projection, CancellationToken ct)
    {
        if (store.GetType() != projection.GetType())
            return false;

        var statements = _parts.Storage.Statements.Projections;
        var key = Random.Shared.NextInt64();
        await using var transaction = await store.BeginTransactionAsync(ct).ConfigureAwait(false);
        await using var mark = store.Command(statements.Mark, ("key", key));
        mark.Transaction = transaction;
        var text = await mark.ScalarAsync(ct).ConfigureAwait(false);
        await using var isMarked = projection.Command(statements.IsMarked, ("key", key), ("mark", text));
        return Convert.ToBoolean(await isMarked.ScalarAsync(ct).ConfigureAwait(false), System.Globalization.CultureInfo.InvariantCulture);
    }

    private static string Name(DbConnection connection) => $"database '{connection.Database}' of {connection.DataSource} ({connection.GetType().Name})";
}
