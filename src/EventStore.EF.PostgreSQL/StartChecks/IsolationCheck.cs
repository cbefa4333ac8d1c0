namespace EventStore.EF.PostgreSQL;

/// <summary>
/// The store's own statements lock the rows they need and then look at them; above READ COMMITTED they would see what was before the lock,
/// and most appends of several callers would fail. Transactions of the caller's may have any level.
/// </summary>
internal static class IsolationCheck
{
    public static void Check(ServerSettings settings)
    {
        if (settings.Isolation is not ("read committed" or "read uncommitted"))
        {
            throw new InvalidOperationException(
                $"The event store's connections to database '{settings.Database}' have default_transaction_isolation = " +
                $"'{settings.Isolation}', and it must be 'read committed'. Set it back for the role that the store connects as: " +
                "ALTER ROLE … SET default_transaction_isolation = 'read committed', or add " +
                "Options=-c default_transaction_isolation=read\\ committed to the connection string.");
        }
    }
}
