using Npgsql;

namespace EventStore.EF.PostgreSQL.Connections;

/// <summary>Checks a store's connection string when it is registered, and derives the store's own from it.</summary>
internal static class PostgreSqlConnectionRules
{
    /// <summary>
    /// Derives the connection string of the store's own connections. They have their own pool: settings that an application changes on its
    /// connections don't reach them, so they need no reset between uses, which would cost as much as reading a small stream.
    /// </summary>
    /// <exception cref="ArgumentException">The connection string is malformed, names no host, or makes the pool too small.</exception>
    public static NpgsqlConnectionStringBuilder Own(string connectionString)
    {
        NpgsqlConnectionStringBuilder parsed;
        try
        {
            parsed = new(connectionString);
        }
        catch (Exception exception) when (exception is ArgumentException or FormatException or KeyNotFoundException or OverflowException)
        {
            // The message doesn't repeat the connection string, which may hold a password.
            throw new ArgumentException(
                $"The connection string of UsePostgreSql is malformed: {exception.Message}", nameof(connectionString), exception);
        }

        if (string.IsNullOrWhiteSpace(parsed.Host))
        {
            throw new ArgumentException(
                "The connection string of UsePostgreSql names no host. Name one, as in: Host=localhost;Database=shop;Username=shop.",
                nameof(connectionString));
        }

        PoolCheck.Check(parsed, PoolNeed.Of(parsed, isShared: false), nameof(connectionString));
        parsed.NoResetOnClose = true;

        // One connection serves many callers: the System.Transactions transaction of one must not roll back what the others wrote.
        if (Safeguards.AmbientState)
            parsed.Enlist = false;

        // Transactions, locks and LISTEN need a dedicated connection, which multiplexing doesn't give; and text must be UTF8.
        parsed.Multiplexing = false;
        parsed.Encoding = parsed.ClientEncoding = "UTF8";
        return parsed;
    }

    /// <summary>
    /// Derives the connection string of the pool for background work. It must differ, because a pool is identified by its connection
    /// string.
    /// </summary>
    public static string Background(NpgsqlConnectionStringBuilder own)
    {
        var background = new NpgsqlConnectionStringBuilder(own.ConnectionString) { MinPoolSize = 0, MaxPoolSize = PoolNeed.Background };
        if (background.ConnectionString == own.ConnectionString)
            background.MaxPoolSize++;

        return background.ConnectionString;
    }

    /// <summary>Checks a data source. It is used as its owner configured it, so settings that can't work are refused.</summary>
    /// <exception cref="ArgumentException">
    /// The data source multiplexes, has an encoding other than UTF8, or has too small a pool.
    /// </exception>
    public static PoolNeed Check(NpgsqlDataSource dataSource)
    {
        var settings = new NpgsqlConnectionStringBuilder(dataSource.ConnectionString);
        var need = PoolNeed.Of(settings, isShared: true);
        PoolCheck.Check(settings, need, nameof(dataSource));
        if (settings.Multiplexing)
        {
            throw new ArgumentException(
                "The data source given to UsePostgreSql has Multiplexing=true, with which transactions, locks and LISTEN don't work. " +
                "Give the event store its own data source without it, or a connection string, in which the event store turns it off.",
                nameof(dataSource));
        }

        if (!settings.Encoding.Replace("-", "", StringComparison.Ordinal).Equals("UTF8", StringComparison.OrdinalIgnoreCase))
        {
            throw new ArgumentException(
                $"The data source given to UsePostgreSql has Encoding={settings.Encoding}, but the event store needs UTF8. " +
                "Remove Encoding from the data source's connection string.", nameof(dataSource));
        }

        return need;
    }
}
