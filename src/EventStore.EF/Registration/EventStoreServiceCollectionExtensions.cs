using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Runtime.CompilerServices;
using EventStore.EF;
using EventStore.EF.Append;
using EventStore.EF.Operations;
using EventStore.EF.Read;
using EventStore.EF.Registration;
using EventStore.EF.Snapshots;
using EventStore.EF.Startup;
using EventStore.EF.States;
using EventStore.EF.Storage;
using EventStore.EF.Store;
using EventStore.EF.Streams;
using EventStore.EF.Subscriptions.Administration;
using EventStore.EF.Subscriptions.Definitions;
using EventStore.EF.Subscriptions.Hosting;
using EventStore.EF.Subscriptions.Leases;
using EventStore.EF.Subscriptions.Processing;
using EventStore.EF.Subscriptions.Projections;
using EventStore.EF.Subscriptions.Sources;
using EventStore.EF.Telemetry;
using EventStore.EF.Threading;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers the event store.</summary>
public static class EventStoreServiceCollectionExtensions
{
    /// <summary>
    /// Registers <see cref="IEventStore"/>, <see cref="EventStoreDbContext"/> with its factory, and the hosted service that runs the
    /// subscriptions. It finds the events of the calling assembly, of the application, of the assemblies of its subscribers and
    /// projections, and of all assemblies that they reference.
    /// </summary>
    /// <param name="services">The application's services.</param>
    /// <param name="configure">Chooses the database and adds subscribers and projections.</param>
    /// <exception cref="ArgumentException">An option is out of range, or a connection string is malformed.</exception>
    /// <exception cref="InvalidOperationException">No database is chosen, or the store is already registered.</exception>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static IServiceCollection AddEventStore(this IServiceCollection services, Action<EventStoreBuilder> configure)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(configure);
        if (services.Any(service => service.ServiceType == typeof(EventStoreRegistration)))
            throw new InvalidOperationException("The event store is already registered. Call AddEventStore only once.");

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
            // Set here, because a context created while the services are being disposed could no longer resolve it; subscriptions write
            // their checkpoints at that time.
            context.UseLoggerFactory(provider.GetRequiredService<ILoggerFactory>());
            store.Database.Configure(context);
        });
        services.TryAddScoped(provider => provider.GetRequiredService<IDbContextFactory<EventStoreDbContext>>().CreateDbContext());
        services.TryAddSingleton(TimeProvider.System);
        services.AddLogging();
        services.AddSingleton(store);
        services.AddSingleton(store.Database);
        services.AddSingleton(store.Database.Options);
        services.AddSingleton(store.Startup);
        services.AddSingleton(store.Foreign);
        foreach (var subscriber in store.Subscribers)
            services.AddSingleton(subscriber);

        services.TryAddSingleton(_ => store.CreateCatalog());
        services.AddSingleton(provider => store.Database.CreateBackground(
            provider.GetRequiredService<IDbContextFactory<EventStoreDbContext>>(), provider.GetRequiredService<ILoggerFactory>()));
        services.AddSingleton(provider => store.Database.Provider.CreateStorage(
            provider.GetRequiredService<IDbContextFactory<EventStoreDbContext>>(), provider.GetRequiredService<BackgroundConnections>(),
            provider.GetRequiredService<EventCatalog>(), store.Database.Options, provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<StorageAccess>();
        services.AddSingleton<LoopMonitor>();
        services.AddLogged<AppendNotifier>(LogCategories.Appends);
        services.AddSingleton<StoreContexts>();
        services.AddLogged<RunawayMonitor>(LogCategories.Subscriptions);
        services.AddSingleton<EventPlanner>();
        services.AddSingleton<Appender>();
        services.AddSingleton<EventReader>();
        services.AddLogged<SnapshotRecorder>(LogCategories.States);
        services.AddSingleton<UpdateRounds>();
        services.AddLogged<LeaseCoordinator>(LogCategories.Subscriptions);
        services.AddSingleton<SubscriptionProgress>();
        services.AddSingleton<StateStore>();
        services.AddSingleton<StreamAdministration>();
        services.AddSingleton<SnapshotStore>();
        services.AddSingleton<TransactionDatabase>();
        services.AddSingleton<SubscriptionList>();
        services.AddSingleton<SubscriptionWait>();
        services.AddSingleton<SubscriptionAdministration>();
        services.AddSingleton<IEventStore, RelationalEventStore>();
        services.AddSingleton<ReportReader>();
        services.AddSingleton<IEventStoreOperations, EventStoreOperations>();
        services.AddLogged<SchemaGuard>(LogCategories.Schema);
        services.AddSingleton<SubscriptionStarts>();
        services.AddSingleton<StoreMeter>();
        services.AddLogged<GapMonitor>(LogCategories.Order);
        services.AddLogged<TailReader>(LogCategories.Subscriptions);
        services.AddLogged<StreamPoller>(LogCategories.Subscriptions);
        services.AddSingleton<AloneGate>();
        services.AddLogged<SubscriptionServices>(LogCategories.Subscriptions);
        services.AddSingleton<SubscriptionEngine>();
        services.AddSingleton<ProjectionDatabase>();
        services.AddHostedService<SchemaService>();
        services.AddHostedService<SubscriptionService>();
        return services;
    }

    /// <summary>Adds a singleton that logs in a category.</summary>
    private static void AddLogged<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] TService>(
        this IServiceCollection services, string category)
        where TService : class
        => services.AddSingleton(provider => ActivatorUtilities.CreateInstance<TService>(
            provider, provider.GetRequiredService<ILoggerFactory>().CreateLogger(category)));
}
