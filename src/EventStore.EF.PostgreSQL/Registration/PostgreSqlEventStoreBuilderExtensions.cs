using System.Runtime.CompilerServices;
using EventStore.EF;
using EventStore.EF.PostgreSQL;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Puts the event store on PostgreSQL.</summary>
public static class PostgreSqlEventStoreBuilderExtensions
{
    /// <summary>Keeps the store in a PostgreSQL database, 14 or newer.</summary>
    /// <param name="builder">The store.</param>
    /// <param name="connectionString">
    /// As Npgsql takes it, for example <c>Host=localhost;Database=shop;Username=shop</c>. The store has a pool of connections of its own,
    /// without multiplexing. EF Core's tools need none: <c>dotnet ef … --connection</c> and bundles bring their own.
    /// </param>
    /// <param name="configure">Chooses about notifications and prepared statements; see <see cref="PostgreSqlOptions"/>.</param>
    /// <param name="expression">
    /// The source text of the connection string, which the compiler fills in, for the message when there is none.
    /// </param>
    /// <exception cref="ArgumentException">The connection string is missing or malformed, names no host, or makes too small a pool.</exception>
    public static EventStoreBuilder UsePostgreSql(
        this EventStoreBuilder builder, string? connectionString, Action<PostgreSqlOptions>? configure = null,
        [CallerArgumentExpression(nameof(connectionString))] string? expression = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var options = Configured(configure);
        if (!MissingConnectionString.Check(connectionString, expression, nameof(UsePostgreSql)))
            return builder.UseProvider(new PostgreSqlStorageProvider(context => context.UseNpgsql(), null, default, options));

        var own = PostgreSqlConnectionRules.Own(connectionString!);
        var (callers, background) = (own.ConnectionString, PostgreSqlConnectionRules.Background(own));
        return builder.UseProvider(new PostgreSqlStorageProvider(
            context => context.UseNpgsql(callers), context => context.UseNpgsql(background), PoolNeed.Of(own, isShared: false), options));
    }

    /// <summary>Keeps the store in the PostgreSQL database of a data source, for example one that renews its passwords.</summary>
    /// <param name="builder">The store.</param>
    /// <param name="dataSource">The data source; disposing of it stays with the caller.</param>
    /// <exception cref="ArgumentException">The data source multiplexes, has another encoding than UTF8, or too small a pool.</exception>
    public static EventStoreBuilder UsePostgreSql(this EventStoreBuilder builder, NpgsqlDataSource dataSource)
        => builder.UsePostgreSql(dataSource, _ => { });

    /// <summary>Keeps the store in the PostgreSQL database of a data source, for example one that renews its passwords.</summary>
    /// <param name="builder">The store.</param>
    /// <param name="dataSource">The data source; disposing of it stays with the caller.</param>
    /// <param name="configure">Chooses about notifications and prepared statements; see <see cref="PostgreSqlOptions"/>.</param>
    /// <exception cref="ArgumentException">The data source multiplexes, has another encoding than UTF8, or too small a pool.</exception>
    public static EventStoreBuilder UsePostgreSql(this EventStoreBuilder builder, NpgsqlDataSource dataSource, Action<PostgreSqlOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(dataSource);
        ArgumentNullException.ThrowIfNull(configure);
        var need = PostgreSqlConnectionRules.Check(dataSource);
        return builder.UseProvider(new PostgreSqlStorageProvider(context => context.UseNpgsql(dataSource), null, need, Configured(configure)));
    }

    private static PostgreSqlOptions Configured(Action<PostgreSqlOptions>? configure)
    {
        var options = new PostgreSqlOptions();
        configure?.Invoke(options);
        return options;
    }
}
