namespace EventStore.EF.PostgreSQL.StartChecks;

/// <summary>Requires a writable server for subscribers and migrations. An application with neither may read from a stand-by.</summary>
internal static class WritableCheck
{
    public static void Check(ServerSettings settings, string? writer)
    {
        if (writer is null)
            return;

        if (settings.IsStandby)
        {
            throw new EventStoreUnavailableException(
                $"The server of database '{settings.Database}' is a stand-by, which is read-only, but {writer} writes. " +
                "Name the primary in the connection string, or all servers with Target Session Attributes=primary.", outcomeUnknown: false);
        }

        if (settings.IsReadOnly)
        {
            throw new EventStoreUnavailableException(
                $"The event store's connections to database '{settings.Database}' have default_transaction_read_only = on, but {writer} " +
                "writes. Set it back for the role that the store connects as: ALTER ROLE … SET default_transaction_read_only = off.",
                outcomeUnknown: false);
        }
    }
}
