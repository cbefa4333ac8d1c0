namespace EventStore.EF.PostgreSQL.StartChecks;

/// <summary>
/// Requires READ COMMITTED for the store's own statements, which lock rows and then look at them: above that level they would see the state
/// before the lock, and most concurrent appends would fail. The caller's transactions may have any level.
/// </summary>
internal static class IsolationCheck
{
    public static void Check(ServerSettings settings)
    {
        if (settings.Isolation is not ("read committed" or "read uncommitted"))
        {
            throw new InvalidOperationException(
                $"The event store's connections to database '{settings.Database}' have default_transaction_isolation = " +
                $"'{settings.Isolation}', but it must be 'read committed'. Set it back for the role that the store connects as, with " +
                "ALTER ROLE … SET default_transaction_isolation = 'read committed', or add " +
                "Options=-c default_transaction_isolation=read\\ committed to the connection string.");
        }
    }
}
