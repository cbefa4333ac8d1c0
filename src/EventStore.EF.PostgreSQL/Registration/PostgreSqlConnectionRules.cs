using Npgsql;

namespace EventStore.EF.PostgreSQL;

/// <summary>What a connection string must be for a store, checked when it is registered, and what the store makes of it.</summary>
internal static class PostgreSqlConnectionRules
{
    /// <summary>
    /// The connection string of the store's own connections. They have a pool of their own: what an application sets on its connections
    /// doesn't reach them, so they need no reset between two uses, which would cost as much as reading a small stream.
    /// </summary>
    /// <exception cref="ArgumentException">The connection string is malformed, names no host, or makes too small a pool.</exception>
    public static NpgsqlConnectionStringBuilder Own(string connectionString)
    {
        NpgsqlConnectionStringBuilder parsed;
        try
        {
            parsed = new(connectionString);
        }
        catch (Exception exception) when (exception is ArgumentException or FormatException or KeyNotFoundException or OverflowException)
        {
            // The text itself is not repeated: it may hold a password.
            throw new ArgumentException(
                $"The connection string of UsePostgreSql is malformed: {exception.Message}", nameof(connectionString), exception);
        }

        if (string.IsNullOrWhiteSpace(parsed.Host))
        {
            throw new ArgumentException(
                "The connection string of UsePostgreSql names no host; for example: Host=localhost;Database=shop;Username=shop.",
                nameof(connectionString));
        }

        PoolCheck.Check(parsed, PoolNeed.Of(parsed, isShared: false), nameof(connectionString));
        parsed.NoResetOnClose = true;

        // One connection serves many callers; the System.Transactions transaction of one of them must not roll back what the others wrote.
        if (Safeguards.AmbientState)
            parsed.Enlist = false;

        // Transactions, locks and LISTEN keep a connection for a while, which multiplexing doesn't give; and text is UTF8.
        parsed.Multiplexing = false;
        parsed.Encoding = parsed.ClientEncoding = "UTF8";
        return parsed;
    }

    /// <summary>The same server, with a pool that only the store's background work uses: a pool is known by its connection string.</summary>
    public static string Background(NpgsqlConnectionStringBuilder own)
    {
        var background = new NpgsqlConnectionStringBuilder(own.ConnectionString) { MinPoolSize = 0, MaxPoolSize = PoolNeed.Background };
        if (background.ConnectionString == own.ConnectionString)
            background.MaxPoolSize++;

        return background.ConnectionString;
    }

    /// <summary>A data source stays as its owner made it, so what can't work with it is refused.</summary>
    /// <exception cref="ArgumentException">The data source multiplexes, has another encoding than UTF8, or too small a pool.</exception>
    public static PoolNeed Check(NpgsqlDataSource dataSource)
    {
        var settings = new NpgsqlConnectionStringBuilder(dataSource.ConnectionString);
        var need = PoolNeed.Of(settings, isShared: true);
        PoolCheck.Check(settings, need, nameof(dataSource));
        if (settings.Multiplexing)
        {
            throw new ArgumentException(
                "The data source given to UsePostgreSql has Multiplexing=true, with which transactions, locks and LISTEN don't work. Give the " +
                "event store a data source of its own without it, or a connection string: then it leaves it out.", nameof(dataSource));
        }

        if (!settings.Encoding.Replace("-", "", StringComparison.Ordinal).Equals("UTF8", StringComparison.OrdinalIgnoreCase))
        {
            throw new ArgumentException(
                $"The data source given to UsePostgreSql has Encoding={settings.Encoding}, and the event store's text is UTF8. Remove it from " +
                "the data source's connection string.", nameof(dataSource));
        }

        return need;
    }
}
