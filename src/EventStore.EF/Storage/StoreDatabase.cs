using System.Data.Common;
using EventStore.EF.Schema;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.Extensions.Logging;

namespace EventStore.EF.Storage;

/// <summary>The store's database: its provider and its options, from which all contexts are configured.</summary>
internal sealed record StoreDatabase(IStorageProvider Provider, EventStoreOptions Options)
{
    /// <summary>Configures a context for the store's database, or for the caller's connection to it.</summary>
    public void Configure(DbContextOptionsBuilder context, DbConnection? connection = null)
    {
        Provider.Configure(context, Options.Schema, connection);
        context.AddInterceptors(ReadOnlyQueries.Interceptor);
        if (connection is null)
            context.AddInterceptors(OwnConnections.Interceptor);

        ConfigureWarnings(context);
    }

    /// <summary>Creates the connections of the background work.</summary>
    /// <param name="contexts">Creates contexts from the shared pool.</param>
    /// <param name="loggers">For the contexts of the background work.</param>
    public BackgroundConnections CreateBackground(IDbContextFactory<EventStoreDbContext> contexts, ILoggerFactory loggers)
    {
        var options = new DbContextOptionsBuilder<EventStoreDbContext>().UseLoggerFactory(loggers);
        if (!Provider.ConfigureBackground(options, Options.Schema))
            return new(contexts, Provider.KeptConnections);

        options.AddInterceptors(OwnConnections.Interceptor);
        ConfigureWarnings(options);
        return new(new PooledDbContextFactory<EventStoreDbContext>((DbContextOptions<EventStoreDbContext>)options.Options), kept: 0);
    }

    private static void ConfigureWarnings(DbContextOptionsBuilder context)
    {
        // Every database failure is thrown, or logged where it is handled. EF Core's own entry would be a duplicate, and a false alarm if a
        // missing database is about to be created. The statements of migrations concern nobody at Information.
        context.ConfigureWarnings(warnings => warnings.Log(
            (RelationalEventId.ConnectionError, LogLevel.Debug), (RelationalEventId.CommandError, LogLevel.Debug),
            (RelationalEventId.CommandExecuted, LogLevel.Debug)));
    }
}
