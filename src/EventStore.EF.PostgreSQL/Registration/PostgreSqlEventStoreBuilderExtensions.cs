using System.Runtime.CompilerServices;
using EventStore.EF;
using EventStore.EF.PostgreSQL.Connections;
using EventStore.EF.PostgreSQL.Storage;
using EventStore.EF.Registration;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers PostgreSQL as the event store's database.</summary>
public static class PostgreSqlEventStoreBuilderExtensions
{
    /// <summary>Stores events in a PostgreSQL database, version 14 or later.</summary>
    /// <typeparam name="TBuilder">
    /// The builder of <c>AddEventStore</c> or, where the configuration waits for the services, <see cref="EventStoreDatabaseBuilder"/>.
    /// </typeparam>
    /// <param name="builder">The store.</param>
    /// <param name="connectionString">
    /// The Npgsql connection string, for example <c>Host=localhost;Database=shop;Username=shop</c>. The store has its own connection pool,
    /// without multiplexing. EF Core's tools need no connection string: <c>dotnet ef … --connection</c> and bundles supply their own.
    /// </param>
    /// <param name="configure">Configures notifications and prepared statements; see <see cref="PostgreSqlOptions"/>.</param>
    /// <param name="expression">
    /// The source text of <paramref name="connectionString"/>, filled in by the compiler for the message about a missing one.
    /// </param>
    /// <exception cref="ArgumentException">
    /// The connection string is missing or malformed, names no host, or makes the pool too small.
    /// </exception>
    /// <exception cref="InvalidOperationException">
    /// The same configuration has already chosen a database, or the call to which the builder belongs has returned.
    /// </exception>
    public static TBuilder UsePostgreSql<TBuilder>(
        this TBuilder builder, string? connectionString, Action<PostgreSqlOptions>? configure = null,
        [CallerArgumentExpression(nameof(connectionString))] string? expression = null)
        where TBuilder : EventStoreDatabaseBuilder
    {
        ArgumentNullException.ThrowIfNull(builder);
        var options = Configured(configure);
        if (!MissingConnectionString.Check(connectionString, expression, nameof(UsePostgreSql)))
        {
            builder.UseProvider(new PostgreSqlStorageProvider(context => context.UseNpgsql(), null, default, options));
            return builder;
        }

        var own = PostgreSqlConnectionRules.Own(connectionString!);
        var (callers, background) = (own.ConnectionString, PostgreSqlConnectionRules.Background(own));
        builder.UseProvider(new PostgreSqlStorageProvider(
            context => context.UseNpgsql(callers), context => context.UseNpgsql(background), PoolNeed.Of(own, isShared: false), options));
        return builder;
    }

    /// <summary>
    /// Stores events in the PostgreSQL database of a data source, for example one that renews its passwords, or that the services have.
    /// </summary>
    /// <typeparam name="TBuilder">
    /// The builder of <c>AddEventStore</c> or, where the configuration waits for the services, <see cref="EventStoreDatabaseBuilder"/>.
    /// </typeparam>
    /// <param name="builder">The store.</param>
    /// <param name="dataSource">The data source. The caller disposes of it.</param>
    /// <exception cref="ArgumentException">
    /// The data source multiplexes, has an encoding other than UTF8, or has too small a pool.
    /// </exception>
    /// <exception cref="InvalidOperationException">
    /// The same configuration has already chosen a database, or the call to which the builder belongs has returned.
    /// </exception>
    public static TBuilder UsePostgreSql<TBuilder>(this TBuilder builder, NpgsqlDataSource dataSource)
        where TBuilder : EventStoreDatabaseBuilder
        => builder.UsePostgreSql(dataSource, _ => { });

    /// <summary>
    /// Stores events in the PostgreSQL database of a data source, for example one that renews its passwords, or that the services have.
    /// </summary>
    /// <typeparam name="TBuilder">
    /// The builder of <c>AddEventStore</c> or, where the configuration waits for the services, <see cref="EventStoreDatabaseBuilder"/>.
    /// </typeparam>
    /// <param name="builder">The store.</param>
    /// <param name="dataSource">The data source. The caller disposes of it.</param>
    /// <param name="configure">Configures notifications and prepared statements; see <see cref="PostgreSqlOptions"/>.</param>
    /// <exception cref="ArgumentException">
    /// The data source multiplexes, has an encoding other than UTF8, or has too small a pool.
    /// </exception>
    /// <exception cref="InvalidOperationException">
    /// The same configuration has already chosen a database, or the call to which the builder belongs has returned.
    /// </exception>
    public static TBuilder UsePostgreSql<TBuilder>(
        this TBuilder builder, NpgsqlDataSource dataSource, Action<PostgreSqlOptions> configure)
        where TBuilder : EventStoreDatabaseBuilder
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(dataSource);
        ArgumentNullException.ThrowIfNull(configure);
        var need = PostgreSqlConnectionRules.Check(dataSource);
        builder.UseProvider(
            new PostgreSqlStorageProvider(context => context.UseNpgsql(dataSource), null, need, Configured(configure)));
        return builder;
    }

    private static PostgreSqlOptions Configured(Action<PostgreSqlOptions>? configure)
    {
        var options = new PostgreSqlOptions();
        configure?.Invoke(options);
        return options;
    }
}
