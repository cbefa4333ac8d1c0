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
using Microsoft.EntityFrameworkCore.Infrastructure;
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
        var builder = NewBuilder(services, Assembly.GetCallingAssembly());
        configure(builder);
        return services.AddStore(builder.Build(needsDatabase: true));
    }

    /// <summary>
    /// Registers the store as the other overload does, with a database and options that are decided when the services exist: by a
    /// connection string among the secrets, a data source that is a service, or values of <c>IConfiguration</c> or <c>IOptions</c>.
    /// </summary>
    /// <remarks>
    /// <paramref name="configureDatabase"/> runs once for each service provider, after <paramref name="configure"/> and before the host's
    /// start checks the database; an exception fails the start. The services it receives are those of the root: it can ask for singletons,
    /// but neither for scoped services nor for the store or a <see cref="DbContext"/>.
    /// </remarks>
    /// <param name="services">The application's services.</param>
    /// <param name="configureDatabase">
    /// Chooses the database, unless <paramref name="configure"/> has, and sets options. Without a database, the store's first use is an
    /// <see cref="InvalidOperationException"/>; out of range, an option is an <see cref="ArgumentException"/> at the same time.
    /// </param>
    /// <param name="configure">
    /// Adds subscribers and projections, which must be known before the services exist, and whatever else needs no service; nothing by
    /// default.
    /// </param>
    /// <exception cref="ArgumentException">An option that <paramref name="configure"/> sets is out of range.</exception>
    /// <exception cref="InvalidOperationException">The store is already registered.</exception>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static IServiceCollection AddEventStore(
        this IServiceCollection services, Action<IServiceProvider, EventStoreDatabaseBuilder> configureDatabase,
        Action<EventStoreBuilder>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(configureDatabase);
        var builder = NewBuilder(services, Assembly.GetCallingAssembly());
        configure?.Invoke(builder);
        return services.AddStore(builder.Build(needsDatabase: false)).ConfigureEventStore(configureDatabase);
    }

    /// <summary>
    /// Changes the database and options of a registered store when they are first needed. Calls take effect in their order, after
    /// <c>AddEventStore</c>, and the last one wins: a test that runs after the application's own registration exchanges the database and
    /// leaves the events, subscribers and projections as they are.
    /// </summary>
    /// <remarks>
    /// The configuration runs once for each service provider, before the host's start checks the database, and an exception fails the
    /// start. The services it receives are those of the root: it can ask for singletons, but neither for scoped services nor for the store
    /// or a <see cref="DbContext"/>.
    /// </remarks>
    /// <param name="services">The application's services, on which <c>AddEventStore</c> was called.</param>
    /// <param name="configure">
    /// Chooses another database, or sets options beginning with those of the earlier calls. Out of range, they are an
    /// <see cref="ArgumentException"/> when the store is first needed.
    /// </param>
    /// <exception cref="InvalidOperationException">The store isn't registered.</exception>
    public static IServiceCollection ConfigureEventStore(
        this IServiceCollection services, Action<IServiceProvider, EventStoreDatabaseBuilder> configure)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(configure);
        if (!IsRegistered(services))
        {
            throw new InvalidOperationException(
                "There is no event store to configure. Call AddEventStore first; a test calls ConfigureEventStore after the " +
                "application's own registration, as in ConfigureTestServices.");
        }

        return services.AddSingleton(new LateConfiguration(configure));
    }

    private static bool IsRegistered(IServiceCollection services)
        => services.Any(service => service.ServiceType == typeof(EventStoreRegistration));

    /// <summary>A builder that knows the events of the caller and of the application.</summary>
    /// <exception cref="InvalidOperationException">The store is already registered.</exception>
    private static EventStoreBuilder NewBuilder(IServiceCollection services, Assembly caller)
    {
        if (IsRegistered(services))
        {
            throw new InvalidOperationException(
                "The event store is already registered. Call AddEventStore only once. To change its database or options, for example " +
                "in a test, call ConfigureEventStore.");
        }

        var builder = new EventStoreBuilder(services);
        builder.AddEventsFrom(caller);
        if (Assembly.GetEntryAssembly() is { } application)
            builder.AddEventsFrom(application);

        return builder;
    }

    private static IServiceCollection AddStore(this IServiceCollection services, EventStoreRegistration store)
    {
        services.AddPooledDbContextFactory<EventStoreDbContext>((provider, context) =>
        {
            // Set here, because a context created while the services are being disposed could no longer resolve it; subscriptions write
            // their checkpoints at that time.
            context.UseLoggerFactory(provider.GetRequiredService<ILoggerFactory>());
            provider.GetRequiredService<StoreDatabase>().Configure(context);
        });
        services.TryAddScoped(provider => provider.GetRequiredService<IDbContextFactory<EventStoreDbContext>>().CreateDbContext());
        services.TryAddSingleton(TimeProvider.System);
        services.AddLogging();
        services.AddSingleton(typeof(IDbContextOptionsConfiguration<>), typeof(NeighbourConfiguration<>));
        services.AddSingleton(store);
        services.AddSingleton(provider => store.Complete(provider));
        services.AddSingleton(provider => provider.GetRequiredService<StoreSetup>().Database);
        services.AddSingleton(provider => provider.GetRequiredService<StoreDatabase>().Options);
        services.AddSingleton(provider => store.StartupOf(provider.GetRequiredService<StoreSetup>()));
        services.AddSingleton(store.Foreign);
        foreach (var subscriber in store.Subscribers)
            services.AddSingleton(subscriber);

        services.TryAddSingleton(_ => store.CreateCatalog());
        services.AddSingleton<StoreMeter>();
        services.AddSingleton<OperationMeter>();
        services.AddSingleton(provider => provider.GetRequiredService<StoreDatabase>().CreateBackground(
            provider.GetRequiredService<IDbContextFactory<EventStoreDbContext>>(), provider.GetRequiredService<ILoggerFactory>()));
        services.AddSingleton(provider => provider.GetRequiredService<StoreDatabase>().Provider.CreateStorage(
            provider.GetRequiredService<IDbContextFactory<EventStoreDbContext>>(), provider.GetRequiredService<BackgroundConnections>(),
            provider.GetRequiredService<EventCatalog>(), provider.GetRequiredService<EventStoreOptions>(),
            provider.GetRequiredService<OperationMeter>(), provider.GetRequiredService<TimeProvider>()));
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
        services.AddLogged<GapMonitor>(LogCategories.Order);
        services.AddLogged<TailReader>(LogCategories.Subscriptions);
        services.AddLogged<StreamPoller>(LogCategories.Subscriptions);
        services.AddSingleton<AloneGate>();
        services.AddLogged<SubscriptionServices>(LogCategories.Subscriptions);
        services.AddSingleton<SubscriptionEngine>();
        services.AddSingleton<ProjectionDatabase>();
        services.AddHostedService<SchemaService>();
        services.AddHostedService<SubscriptionService>();
        services.AddHostedService(provider => CreateLogged<ReportMeter>(provider, LogCategories.Subscriptions));
        return services;
    }

    /// <summary>Adds a singleton that logs in a category.</summary>
    private static void AddLogged<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] TService>(
        this IServiceCollection services, string category)
        where TService : class
        => services.AddSingleton(provider => CreateLogged<TService>(provider, category));

    private static TService CreateLogged<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] TService>(
        IServiceProvider provider, string category)
        where TService : class
        => ActivatorUtilities.CreateInstance<TService>(provider, provider.GetRequiredService<ILoggerFactory>().CreateLogger(category));
}
