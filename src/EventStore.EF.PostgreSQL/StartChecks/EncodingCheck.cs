namespace EventStore.EF.PostgreSQL.StartChecks;

/// <summary>
/// Requires UTF8. Any other encoding rejects characters that it lacks, while the application runs, and SQL_ASCII stores bytes without a
/// defined meaning.
/// </summary>
internal static class EncodingCheck
{
    public static void Check(ServerSettings settings)
    {
        if (settings.ServerEncoding != "UTF8")
        {
            throw new InvalidOperationException(
                $"The database '{settings.Database}' has the encoding {settings.ServerEncoding}, but the event store needs UTF8. The " +
                "encoding of a database can't be changed: create a new one with CREATE DATABASE … ENCODING 'UTF8' TEMPLATE template0, " +
                "and copy the old one's content with pg_dump and pg_restore.");
        }

        if (settings.ClientEncoding != "UTF8")
        {
            throw new InvalidOperationException(
                $"The event store's connections to database '{settings.Database}' have the client_encoding {settings.ClientEncoding}, " +
                "but it must be UTF8. Remove Client Encoding from the data source's connection string and PGCLIENTENCODING from the " +
                "environment.");
        }
    }
}
