namespace EventStore.EF.PostgreSQL;

/// <summary>
/// Text survives exactly only as UTF8: any other encoding refuses characters that it lacks, in the middle of an application's work, and
/// SQL_ASCII stores bytes of which nobody knows what they mean.
/// </summary>
internal static class EncodingCheck
{
    public static void Check(ServerSettings settings)
    {
        if (settings.ServerEncoding != "UTF8")
        {
            throw new InvalidOperationException(
                $"The database '{settings.Database}' has the encoding {settings.ServerEncoding}, and the event store needs UTF8. The " +
                "encoding of a database can't be changed: make a new one with CREATE DATABASE … ENCODING 'UTF8' TEMPLATE template0, and " +
                "copy what is in the old one by pg_dump and pg_restore.");
        }

        if (settings.ClientEncoding != "UTF8")
        {
            throw new InvalidOperationException(
                $"The event store's connections to database '{settings.Database}' have the client_encoding {settings.ClientEncoding}, " +
                "and it must be UTF8. Remove Client Encoding from the data source's connection string and PGCLIENTENCODING from the environment.");
        }
    }
}
