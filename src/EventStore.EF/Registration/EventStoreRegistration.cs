using System.Data.Common;
using System.Reflection;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.Extensions.Logging;

namespace EventStore.EF;

/// <summary>What an <see cref="EventStoreBuilder"/> was told.</summary>
internal sealed record EventStoreRegistration(
    IStorageProvider Provider, EventStoreOptions Options, IReadOnlyList<Assembly> Assemblies, EventSerializers Serializers,
    IReadOnlyList<SubscriberRegistration> Subscribers, ForeignTypes Foreign, SchemaStartup Startup)
{
    /// <summary>Points a context at the store's database, or at a connection of the caller's to it.</summary>
    public void Configure(DbContextOptionsBuilder context, DbConnection? connection = null)
    {
        Provider.Configure(context, Options.Schema, connection);
        if (connection is null)
            context.AddInterceptors(OwnConnections.Interceptor);

        ConfigureWarnings(context);
    }

    /// <summary>The connections of the background work.</summary>
    /// <param name="contexts">Gives contexts of the pool that all share.</param>
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
        // Every failure of the database is thrown, or logged where it is handled; EF Core's own line would be a second one, and an alarm
        // where a database that is missing yet is about to be made.
        context.ConfigureWarnings(warnings => warnings.Log(
            (RelationalEventId.ConnectionError, LogLevel.Debug), (RelationalEventId.CommandError, LogLevel.Debug)));
    }

    /// <summary>The catalog of the application's events.</summary>
    /// <exception cref="InvalidOperationException">A type that is no event was given a serializer.</exception>
    public EventCatalog CreateCatalog()
    {
        var catalog = EventCatalog.Of(Assemblies, Serializers);
        return Serializers.Types.FirstOrDefault(type => catalog.Find(type) is null) is { } unknown
            ? throw new InvalidOperationException($"UseSerializer<{unknown.Name}> names {unknown}, which is no registered event. Mark it [Event].")
            : catalog;
    }
}
