namespace EventStore.EF.PostgreSQL.StartChecks;

/// <summary>Requires a server that the migrations and statements work on.</summary>
internal static class VersionCheck
{
    private const int Oldest = 14;

    public static void Check(ServerSettings settings)
    {
        if (settings.Version / 10_000 < Oldest)
        {
            throw new InvalidOperationException(
                $"The server of database '{settings.Database}' is PostgreSQL {settings.Version / 10_000}. The event store needs " +
                $"PostgreSQL {Oldest} or later.");
        }
    }
}
