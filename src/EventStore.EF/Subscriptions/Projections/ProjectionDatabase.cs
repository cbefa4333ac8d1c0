using System.Data.Common;
using EventStore.EF.Storage;
using EventStore.EF.Storage.Sql;
using EventStore.EF.Subscriptions.Definitions;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace EventStore.EF.Subscriptions.Projections;

/// <summary>
/// Verifies at start-up that a projection's context uses the store's own database: otherwise its rows and its checkpoint could not be
/// committed together.
/// </summary>
internal sealed class ProjectionDatabase(
    IServiceScopeFactory scopes, IDbContextFactory<EventStoreDbContext> contexts, IStorage storage, StorageAccess access)
{
    /// <exception cref="InvalidOperationException">
    /// The context is not registered, is on another database, or may not write to the store's tables.
    /// </exception>
    public async Task RequireAsync(SubscriberRegistration projection, CancellationToken ct)
    {
        // Thrown here: inside, the database's refusal would be reported as trouble with the store's own user.
        if (await access.RunAsync(CheckAsync, projection, StorageOperation.Read, ct).ConfigureAwait(false) is { } refusal)
            throw refusal;
    }

    private async Task<InvalidOperationException?> CheckAsync(SubscriberRegistration projection, CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        var who = $"Projection {projection.SubscriberType} ('{projection.Name}')";
        if (scope.ServiceProvider.GetService(projection.ContextType!) is not DbContext context)
            return new InvalidOperationException(
                $"{who} writes to {projection.ContextType}, which is not registered: " +
                $"call AddDbContext<{projection.ContextType!.Name}>(…).");

        if (await FindLifetimeAsync(scope.ServiceProvider, projection).ConfigureAwait(false) is { } lifetime)
            return new InvalidOperationException($"{who} {lifetime}");

        return await context.Database.CreateExecutionStrategy().ExecuteAsync(async token =>
        {
            await context.Database.OpenConnectionAsync(token).ConfigureAwait(false);
            return await CheckAsync(who, context.GetType(), context.Database.GetDbConnection(), token).ConfigureAwait(false);
        }, ct).ConfigureAwait(false);
    }

    /// <summary>
    /// Returns what is wrong with the lifetimes: a handler must get the very context whose transaction holds the checkpoint. Tested by
    /// resolving, because a factory may be registered, whatever its lifetime says.
    /// </summary>
    private async Task<string?> FindLifetimeAsync(IServiceProvider scope, SubscriberRegistration projection)
    {
        var contextType = projection.ContextType!;
        var scoped = $"Register it as scoped: AddDbContext<{contextType.Name}>(…) without a lifetime, AddDbContextPool or " +
            "AddDbContextFactory.";
        if (!ReferenceEquals(scope.GetService(contextType), scope.GetService(contextType)))
        {
            return $"would write nothing: {contextType} is registered so that each object that asks for it gets its own context " +
                "(ServiceLifetime.Transient, or a factory), and its handlers would write to a different context from the one whose " +
                $"transaction holds the checkpoint. {scoped}";
        }

        // While the first scope is alive: otherwise a pool would return the same context again.
        await using var other = scopes.CreateAsyncScope();
        if (ReferenceEquals(scope.GetService(contextType), other.ServiceProvider.GetService(contextType)))
        {
            return $"cannot have its own transaction: {contextType} is a single object for the whole application " +
                $"(ServiceLifetime.Singleton). {scoped}";
        }

        return IsOneObject(projection.SubscriberType, scope, other.ServiceProvider)
            ? $"is a single object for the whole application (ServiceLifetime.Singleton) and would keep its first {contextType} for " +
                "ever. Register it as scoped, or leave its registration to AddProjection."
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
            // A missing dependency is reported where all services of the class are checked.
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
                    $"{who} cannot write its rows and its checkpoint in one transaction: {contextType} is on {Name(connection)}, and the " +
                    $"event store is on {Name(store.Connection)}. Give both the same database, or use AddSubscriber and make the " +
                    "handlers tolerate events that are delivered twice.");
            }
        }

        try
        {
            // Moves no checkpoint, because no subscription has this id, but needs the same privileges.
            await using var command = connection.Command(
                storage.Statements.Subscriptions.Project,
                ("id", 0L), ("epoch", 0L), ("definition", 0L), ("server", null), ("first", 0L), ("position", 0L), ("lease", 0d));
            await command.ExecuteNonQueryAsync(ct).ConfigureAwait(false);

            // The same for the statement of a replay.
            await using var remove = connection.Command(storage.Statements.Parked.Remove, ("id", 0L), ("place", 0L));
            await remove.ExecuteNonQueryAsync(ct).ConfigureAwait(false);
            return null;
        }
        catch (DbException exception) when (storage.Classify(exception) is not StorageFailure.Unavailable)
        {
            return new InvalidOperationException(
                $"{who} cannot move its checkpoint through the connection of {contextType}: {exception.Message} Grant its user the " +
                "rights that docs/security.md lists for projections: reading and updating the store's table of subscriptions, " +
                "reading and deleting from its table of parked events, and reading store_info.",
                exception);
        }
    }

    private async Task<bool> IsSameAsync(DbConnection store, DbConnection projection, CancellationToken ct)
    {
        if (store.GetType() != projection.GetType())
            return false;

        var statements = storage.Statements.Projections;
        var key = Random.Shared.NextInt64();
        await using var transaction = await store.BeginTransactionAsync(ct).ConfigureAwait(false);
        await using var mark = store.Command(statements.Mark, ("key", key));
        mark.Transaction = transaction;
        var text = await mark.ScalarAsync(ct).ConfigureAwait(false);
        await using var isMarked = projection.Command(statements.IsMarked, ("key", key), ("mark", text));
        return Convert.ToBoolean(
            await isMarked.ScalarAsync(ct).ConfigureAwait(false), System.Globalization.CultureInfo.InvariantCulture);
    }

    private static string Name(DbConnection connection)
        => $"database '{connection.Database}' of {connection.DataSource} ({connection.GetType().Name})";
}
