using System.Reflection;
using System.Runtime.CompilerServices;
using EventStore.EF;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers the event store.</summary>
public static class EventStoreServiceCollectionExtensions
{
    /// <summary>
    /// Registers <see cref="IEventStore"/>, <see cref="EventStoreDbContext"/> with its factory, and the hosted service that runs the
    /// subscriptions. The events of the calling assembly, of the application and of all that they reference are known.
    /// </summary>
    /// <param name="services">The application's services.</param>
    /// <param name="configure">Chooses the database and adds subscribers and projections.</param>
    /// <exception cref="ArgumentException">An option is out of range, or a connection string is malformed.</exception>
    /// <exception cref="InvalidOperationException">No database is chosen, or the store is registered already.</exception>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static IServiceCollection AddEventStore(this IServiceCollection services, Action<EventStoreBuilder> configure)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(configure);
        if (services.Any(service => service.ServiceType == typeof(EventStoreRegistration)))
            throw new InvalidOperationException("The event store is registered already: call AddEventStore once.");

        var builder = new EventStoreBuilder(services);
        builder.AddEventsFrom(Assembly.GetCallingAssembly());
        if (Assembly.GetEntryAssembly() is { } application)
            builder.AddEventsFrom(application);

        configure(builder);
        return services.AddStore(builder.Build());
    }

    private static IServiceCollection AddStore(this IServiceCollection services, EventStoreRegistration store)
    {
        services.AddPooledDbContextFactory<EventStoreDbContext>((provider, context) =>
        {
            // Named here, because a context that is made while the services are being disposed of would ask them for it in vain: subscriptions
            // write their checkpoints then.
            context.UseLoggerFactory(provider.GetRequiredService<ILoggerFactory>());
            store.Configure(context);
        });
        services.TryAddScoped(provider => provider.GetRequiredService<IDbContextFactory<EventStoreDbContext>>().CreateDbContext());
        services.TryAddSingleton(TimeProvider.System);
        services.AddLogging();
        services.AddSingleton(store);
        services.AddSingleton(store.Options);
        services.AddSingleton(store.Startup);
        services.AddSingleton(store.Foreign);
        foreach (var subscriber in store.Subscribers)
            services.AddSingleton(subscriber);

        services.TryAddSingleton(_ => store.CreateCatalog());
        services.AddSingleton(provider => store.CreateBackground(
            provider.GetRequiredService<IDbContextFactory<EventStoreDbContext>>(), provider.GetRequiredService<ILoggerFactory>()));
        services.AddSingleton(provider => store.Provider.CreateStorage(
            provider.GetRequiredService<IDbContextFactory<EventStoreDbContext>>(), provider.GetRequiredService<BackgroundConnections>(), provider.GetRequiredService<EventCatalog>(),
            store.Options, provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<StorageAccess>();
        services.AddSingleton<WakeUp>();
        services.AddSingleton<StoreContexts>();
        services.AddSingleton<RunawayWatch>();
        services.AddSingleton<EventPlanner>();
        services.AddSingleton<Appender>();
        services.AddSingleton<EventReader>();
        services.AddSingleton<SnapshotRecorder>();
        services.AddSingleton<UpdateRounds>();
        services.AddSingleton<Leases>();
        services.AddSingleton<SubscriptionProgress>();
        services.AddSingleton<StoreParts>();
        services.AddSingleton<IEventStore, RelationalEventStore>();
        services.AddSingleton<SchemaGuard>();
        services.AddSingleton<SubscriptionStarts>();
        services.AddSingleton<StoreMeter>();
        services.AddSingleton<HeldBackWatch>();
        services.AddSingleton<TailReader>();
        services.AddSingleton<StreamWatch>();
        services.AddSingleton<SubscriptionEngine>();
        services.AddSingleton<ProjectionDatabase>();
        services.AddHostedService<SchemaService>();
        services.AddHostedService<SubscriptionService>();
        return services;
    }
}
