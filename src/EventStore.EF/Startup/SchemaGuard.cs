using EventStore.EF.Errors;
using EventStore.EF.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace EventStore.EF.Startup;

/// <summary>Checks at start-up that the tables exist and are up to date, or migrates them if the application asks for it.</summary>
internal sealed partial class SchemaGuard(
    IDbContextFactory<EventStoreDbContext> contexts, StorageAccess access, IStorage storage, StoreDatabase database, SchemaStartup startup,
    EventCatalog catalog, TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private readonly EventStoreOptions _options = database.Options;

    public async Task EnsureAsync(CancellationToken ct)
        => await access.RunAsync(
            static async (guard, token) =>
            {
                await guard.CheckAsync(token).ConfigureAwait(false);
                if (await guard.Storage.CheckEngineAsync(token).ConfigureAwait(false) is { } warning)
                    LogEngine(guard.Logger, warning);

                await guard.SayReadyAsync(token).ConfigureAwait(false);
                return true;
            },
            this, StorageOperation.Read, ct).ConfigureAwait(false);

    private IStorage Storage => storage;

    private ILogger Logger => logger;

    private async Task<bool> CheckAsync(CancellationToken ct)
    {
        await using var context = await contexts.CreateDbContextAsync(ct).ConfigureAwait(false);
        if (await database.Provider.ExistsAsync(context, ct).ConfigureAwait(false))
        {
            await database.Provider.CheckAsync(context, startup.Writer, ct).ConfigureAwait(false);
            await database.Provider.CheckRightsAsync(context, _options.Schema, startup.Subscription, ct).ConfigureAwait(false);
        }
        else if (startup.Migrate)
        {
            await MigrateAsync(context, ct).ConfigureAwait(false);
            await database.Provider.CheckAsync(context, startup.Writer, ct).ConfigureAwait(false);
            return true;
        }
        else
        {
            throw new EventStoreSchemaException(
                $"There is no event store in schema '{_options.Schema}', because the database itself doesn't exist. " +
                $"If the connection string is right, run '{MissingSchema.Command}', which creates the database, " +
                "or call MigrateOnStart() in AddEventStore.", _options.Schema);
        }

        string[] known = [.. context.Database.GetMigrations()];
        string[] applied = [.. await context.Database.GetAppliedMigrationsAsync(ct).ConfigureAwait(false)];
        string[] newer = [.. applied.Except(known, StringComparer.OrdinalIgnoreCase)];
        if (newer.Length > 0 && !_options.AllowNewerSchema)
            throw Newer(newer);

        // Nothing is locked if there is nothing to migrate.
        string[] pending = [.. known.Except(applied, StringComparer.OrdinalIgnoreCase)];
        if (pending.Length == 0)
            return true;

        if (startup.Migrate)
        {
            await MigrateAsync(context, ct).ConfigureAwait(false);
            return true;
        }

        if (pending.Length == known.Length)
            throw MissingSchema.Exception(_options.Schema);

        throw new EventStoreSchemaException(
            $"The event store in schema '{_options.Schema}' is older than this version of EventStore.EF: " +
            $"it lacks {string.Join(", ", pending)}. Run '{MissingSchema.Command}', or call MigrateOnStart() " +
            "in AddEventStore.", _options.Schema);
    }

    /// <summary>Migrates, and says what it may be waiting for if that takes long.</summary>
    private async Task MigrateAsync(EventStoreDbContext context, CancellationToken ct)
    {
        // Some drivers wait on the caller's thread.
        var migrating = Task.Run(() => context.Database.MigrateAsync(ct), ct);
        if (await Task.WhenAny(migrating, Task.Delay(Patience, time, ct)).ConfigureAwait(false) != migrating)
            LogMigrating(logger, _options.Schema, Patience, database.Provider.MigrationsWaitFor);

        await migrating.ConfigureAwait(false);
    }

    /// <summary>Logs once per start what was found.</summary>
    private async Task SayReadyAsync(CancellationToken ct)
    {
        if (!logger.IsEnabled(LogLevel.Information))
            return;

        await using var context = await contexts.CreateDbContextAsync(ct).ConfigureAwait(false);
        await context.Database.OpenConnectionAsync(ct).ConfigureAwait(false);
        var version = context.Database.GetDbConnection().ServerVersion;
        LogReady(logger, database.Provider.Product, version, _options.Schema, catalog.Events.Count, startup.Subscriptions);
    }

    private EventStoreSchemaException Newer(string[] migrations)
    {
        var version = typeof(SchemaGuard).Assembly.GetName().Version!.ToString(3);
        return new(
            $"The event store in schema '{_options.Schema}' was migrated by a newer version of EventStore.EF than this one, {version}, " +
            $"which doesn't know {string.Join(", ", migrations)}. " +
            $"Update the package {database.Provider.Name}. To run this version next to the newer one for a while, set " +
            "EventStoreOptions.AllowNewerSchema, if the newer version's release notes allow it.",
            _options.Schema);
    }

    [LoggerMessage(
        5001, LogLevel.Information,
        "The migration of the event store in schema '{Schema}' has not ended after {Patience}. It may be waiting for {What}")]
    private static partial void LogMigrating(ILogger logger, string schema, TimeSpan patience, string what);

    [LoggerMessage(5002, LogLevel.Warning, "{Warning}")]
    private static partial void LogEngine(ILogger logger, string warning);

    [LoggerMessage(
        5003, LogLevel.Information,
        "The event store is ready: {Product} {Version}, schema '{Schema}', {EventTypes} event types, {Subscriptions} subscriptions")]
    private static partial void LogReady(
        ILogger logger, string product, string version, string schema, int eventTypes, int subscriptions);
}

/// <summary>What the application asks of the schema when the host starts.</summary>
/// <param name="Migrate">Whether the schema is migrated; otherwise it is only checked.</param>
/// <param name="Writer">
/// What needs a writable database from the start, for messages; <see langword="null"/> if the application may only read.
/// </param>
/// <param name="Subscription">The first subscription that the host runs, for messages; <see langword="null"/> if it runs none.</param>
/// <param name="Subscriptions">How many subscriptions the host runs.</param>
internal sealed record SchemaStartup(bool Migrate, string? Writer, string? Subscription, int Subscriptions);
