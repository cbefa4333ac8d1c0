using EventStore.EF;
using EventStore.EF.PostgreSQL;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Puts the event store on PostgreSQL.</summary>
public static class PostgreSqlEventStoreBuilderExtensions
{
    /// <summary>Keeps the store in a PostgreSQL database, 13 or newer.</summary>
    /// <param name="builder">The store.</param>
    /// <param name="connectionString">As Npgsql takes it, for example <c>Host=localhost;Database=shop;Username=shop</c>.</param>
    /// <exception cref="ArgumentException">The connection string is malformed, or names no host.</exception>
    public static EventStoreBuilder UsePostgreSql(this EventStoreBuilder builder, string connectionString)
        => builder.UsePostgreSql(connectionString, _ => { });

    /// <summary>Keeps the store in a PostgreSQL database, 13 or newer.</summary>
    /// <param name="builder">The store.</param>
    /// <param name="connectionString">As Npgsql takes it, for example <c>Host=localhost;Database=shop;Username=shop</c>.</param>
    /// <param name="configure">Chooses about notifications and prepared statements; see <see cref="PostgreSqlOptions"/>.</param>
    /// <exception cref="ArgumentException">The connection string is malformed, or names no host.</exception>
    public static EventStoreBuilder UsePostgreSql(this EventStoreBuilder builder, string connectionString, Action<PostgreSqlOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(configure);
        var own = OwnConnectionString(connectionString);
        var (callers, background) = (own.ConnectionString, BackgroundConnectionString(own));
        return builder.UseProvider(new PostgreSqlStorageProvider(
            options => options.UseNpgsql(callers), options => options.UseNpgsql(background), PoolNeed.Of(own, isShared: false), Configured(configure)));
    }

    /// <summary>Keeps the store in the PostgreSQL database of a data source, for example one that renews its passwords.</summary>
    /// <param name="builder">The store.</param>
    /// <param name="dataSource">The data source; disposing of it stays with the caller.</param>
    public static EventStoreBuilder UsePostgreSql(this EventStoreBuilder builder, NpgsqlDataSource dataSource)
        => builder.UsePostgreSql(dataSource, _ => { });

    /// <summary>Keeps the store in the PostgreSQL database of a data source, for example one that renews its passwords.</summary>
    /// <param name="builder">The store.</param>
    /// <param name="dataSource">The data source; disposing of it stays with the caller.</param>
    /// <param name="configure">Chooses about notifications and prepared statements; see <see cref="PostgreSqlOptions"/>.</param>
    public static EventStoreBuilder UsePostgreSql(this EventStoreBuilder builder, NpgsqlDataSource dataSource, Action<PostgreSqlOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(dataSource);
        ArgumentNullException.ThrowIfNull(configure);
        var need = PoolNeed.Of(new(dataSource.ConnectionString), isShared: true);
        return builder.UseProvider(new PostgreSqlStorageProvider(options => options.UseNpgsql(dataSource), null, need, Configured(configure)));
    }

    private static PostgreSqlOptions Configured(Action<PostgreSqlOptions> configure)
    {
        var options = new PostgreSqlOptions();
        configure(options);
        return options;
    }

    /// <summary>
    /// The store's connections have a pool of their own: what an application sets on its connections doesn't reach them, so they need no
    /// reset between two uses, which would cost as much as reading a small stream.
    /// </summary>
    private static NpgsqlConnectionStringBuilder OwnConnectionString(string connectionString)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(connectionString);
        NpgsqlConnectionStringBuilder parsed;
        try
        {
            parsed = new(connectionString);
        }
        catch (Exception exception) when (exception is ArgumentException or FormatException or KeyNotFoundException or OverflowException)
        {
            // The text itself is not repeated: it may hold a password.
            throw new ArgumentException($"The connection string of UsePostgreSql is malformed: {exception.Message}", nameof(connectionString), exception);
        }

        if (string.IsNullOrWhiteSpace(parsed.Host))
            throw new ArgumentException("The connection string of UsePostgreSql names no host; for example: Host=localhost;Database=shop;Username=shop.", nameof(connectionString));

        parsed.NoResetOnClose = true;

        // One connection serves many callers; the System.Transactions transaction of one of them must not roll back what the others wrote.
        if (Safeguards.AmbientState)
            parsed.Enlist = false;

        return parsed;
    }

    /// <summary>The same server, with a pool that only the store's background work uses: a pool is known by its connection string.</summary>
    private static string BackgroundConnectionString(NpgsqlConnectionStringBuilder own)
    {
        var background = new NpgsqlConnectionStringBuilder(own.ConnectionString) { MinPoolSize = 0, MaxPoolSize = PoolNeed.Background };
        if (background.ConnectionString == own.ConnectionString)
            background.MaxPoolSize++;

        return background.ConnectionString;
    }
}
