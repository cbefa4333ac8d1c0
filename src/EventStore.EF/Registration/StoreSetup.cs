using EventStore.EF.Schema;
using EventStore.EF.Storage;

namespace EventStore.EF.Registration;

/// <summary>A store's database and options, as far as they are decided.</summary>
/// <param name="Provider">The database; <see langword="null"/> before one is chosen.</param>
/// <param name="Options">The options.</param>
/// <param name="Migrates">Whether the start migrates the schema.</param>
internal sealed record StoreSetup(IStorageProvider? Provider, EventStoreOptions Options, bool Migrates)
{
    /// <summary>Nothing is decided: no database, and the default options.</summary>
    public static StoreSetup Empty => new(null, new(), false);

    /// <summary>The database and options, when both are decided and checked.</summary>
    public StoreDatabase Database => new(Provider!, Options);

    /// <summary>Checks what is decided.</summary>
    /// <param name="needsDatabase">Whether a database must be chosen by now.</param>
    /// <exception cref="ArgumentException">An option is out of range, or the database doesn't allow the schema's name.</exception>
    /// <exception cref="InvalidOperationException">No database is chosen.</exception>
    public void Check(bool needsDatabase)
    {
        Options.Schema = DesignTime.Schema ?? Options.Schema;
        Options.Validate();
        if (needsDatabase && Provider is null)
        {
            throw new InvalidOperationException(
                "The event store has no database. Call UsePostgreSql(connectionString) or UseSqlite(connectionString) in AddEventStore.");
        }

        Provider?.CheckSchema(Options.Schema);
    }
}
