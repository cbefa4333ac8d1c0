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
        if (startup.Migrate)
        {
            await context.Database.MigrateAsync(ct).ConfigureAwait(false);
            return true;
        }

        if (!await store.Provider.ExistsAsync(context, ct).ConfigureAwait(false))
        {
            throw new EventStoreSchemaException(
                $"There is no event store in schema '{options.Schema}', because the database itself doesn't exist. If the connection string names the right one, run '{Command}', which creates it, or call MigrateOnStart() in AddEventStore.", options.Schema);
        }

        var pending = (await context.Database.GetPendingMigrationsAsync(ct).ConfigureAwait(false)).ToArray();
        if (pending.Length == 0)
            return true;

        if (pending.Length == context.Database.GetMigrations().Count())
            throw Missing(options.Schema);

        throw new EventStoreSchemaException(
            $"The event store in schema '{options.Schema}' is older than this version of EventStore.EF; it lacks {string.Join(", ", pending)}. Run '{Command}', or call MigrateOnStart() in AddEventStore.", options.Schema);
    }
}

/// <summary>What happens to the schema when the host starts.</summary>
/// <param name="Migrate">Whether it is migrated; otherwise it is only checked.</param>
internal sealed record SchemaStartup(bool Migrate);
