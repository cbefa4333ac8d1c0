namespace EventStore.EF.PostgreSQL;

/// <summary>Subscribers and migrations write. An application that has neither may read from a stand-by.</summary>
internal static class WritableCheck
{
    public static void Check(ServerSettings settings, EventStoreRegistration store)
    {
        if (Writer(store) is not { } writer)
            return;

        if (settings.IsStandby)
        {
            throw new EventStoreUnavailableException(
                $"The server of database '{settings.Database}' is a stand-by, which is read-only, and {writer} writes. " +
                "Name the primary, or all servers with Target Session Attributes=primary in the connection string.", outcomeUnknown: false);
        }

        if (settings.IsReadOnly)
        {
            throw new EventStoreUnavailableException(
                $"The event store's connections to database '{settings.Database}' have default_transaction_read_only = on, and {writer} " +
                "writes. Set it back for the role that the store connects as: ALTER ROLE … SET default_transaction_read_only = off.",
                outcomeUnknown: false);
        }
    }

    private static string? Writer(EventStoreRegistration store)
        => store.Startup.Migrate ? "MigrateOnStart()" : store.Subscribers is [var first, ..] ? $"the subscription '{first.Name}'" : null;
}
