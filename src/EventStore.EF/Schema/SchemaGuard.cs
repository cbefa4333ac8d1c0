using Microsoft.EntityFrameworkCore;

namespace EventStore.EF;

/// <summary>Sees at start-up that the tables are there and up to date, or migrates them where the application asks for it.</summary>
internal sealed class SchemaGuard(IDbContextFactory<EventStoreDbContext> contexts, StorageAccess access, EventStoreRegistration store, EventStoreOptions options, SchemaStartup startup)
{
    public const string Command = "dotnet ef database update --context EventStoreDbContext";

    public static EventStoreSchemaException Missing(string schema, Exception? exception = null)
        => new($"The database has no event store in schema '{schema}', or only a part of it. Run '{Command}', or call MigrateOnStart() in AddEventStore.", schema, exception);

    public async Task EnsureAsync(CancellationToken ct)
        => await access.RunAsync(static (guard, token) => guard.CheckAsync(token), this, StorageOperation.Read, ct).ConfigureAwait(false);

    private async Task<bool> CheckAsync(CancellationToken ct)
    {
        await using var context = await contexts.CreateDbContextAsync(ct).ConfigureAwait(false);
        if (await store.Provider.ExistsAsync(context, ct).ConfigureAwait(false))
        {
            await store.Provider.CheckAsync(context, store, ct).ConfigureAwait(false);
        }
        else if (startup.Migrate)
        {
            await context.Database.MigrateAsync(ct).ConfigureAwait(false);
            await store.Provider.CheckAsync(context, store, ct).ConfigureAwait(false);
            return true;
        }
        else
        {
            throw new EventStoreSchemaException(
                $"There is no event store in schema '{options.Schema}', because the database itself doesn't exist. If the connection string names the right one, run '{Command}', which creates it, or call MigrateOnStart() in AddEventStore.", options.Schema);
        }

        string[] known = [.. context.Database.GetMigrations()];
        string[] applied = [.. await context.Database.GetAppliedMigrationsAsync(ct).ConfigureAwait(false)];
        string[] newer = [.. applied.Except(known, StringComparer.OrdinalIgnoreCase)];
        if (newer.Length > 0 && !options.AllowNewerSchema)
            throw Newer(newer);

        if (startup.Migrate)
        {
            await context.Database.MigrateAsync(ct).ConfigureAwait(false);
            return true;
        }

        string[] pending = [.. known.Except(applied, StringComparer.OrdinalIgnoreCase)];
        if (pending.Length == 0)
            return true;

        if (pending.Length == known.Length)
            throw Missing(options.Schema);

        throw new EventStoreSchemaException(
            $"The event store in schema '{options.Schema}' is older than this version of EventStore.EF; it lacks {string.Join(", ", pending)}. Run '{Command}', or call MigrateOnStart() in AddEventStore.", options.Schema);
    }

    private EventStoreSchemaException Newer(string[] migrations)
    {
        var version = typeof(SchemaGuard).Assembly.GetName().Version!.ToString(3);
        return new(
            $"The event store in schema '{options.Schema}' was migrated by a newer version of EventStore.EF than this one, {version}, " +
            $"which doesn't know {string.Join(", ", migrations)}. " +
            $"Update the package {store.Provider.Name}. To run this version beside the newer one for a while, set " +
            "EventStoreOptions.AllowNewerSchema, if the newer version's release notes allow it.",
            options.Schema);
    }
}

/// <summary>What happens to the schema when the host starts.</summary>
/// <param name="Migrate">Whether it is migrated; otherwise it is only checked.</param>
internal sealed record SchemaStartup(bool Migrate);
