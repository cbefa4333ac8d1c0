using System.Reflection;
using EventStore.EF.Startup;
using EventStore.EF.Subscriptions.Definitions;
using Microsoft.Extensions.DependencyInjection;

namespace EventStore.EF.Registration;

/// <summary>The result of an <see cref="EventStoreBuilder"/>.</summary>
internal sealed record EventStoreRegistration(
    StoreSetup Setup, IReadOnlyList<Assembly> Assemblies, EventSerializers Serializers,
    IReadOnlyList<SubscriberRegistration> Subscribers, ForeignTypes Foreign)
{
    [ThreadStatic]
    private static EventStoreRegistration? _completing;

    /// <summary>
    /// Decides the database and options: those of the registration, changed by each configuration that waited for the services, in the
    /// order of their calls.
    /// </summary>
    /// <exception cref="ArgumentException">An option is out of range, or the database doesn't allow the schema's name.</exception>
    /// <exception cref="InvalidOperationException">
    /// No database is chosen, or a configuration asks for the store that it configures.
    /// </exception>
    public StoreSetup Complete(IServiceProvider services)
    {
        // The container would repeat the call for ever.
        if (ReferenceEquals(_completing, this))
        {
            throw new InvalidOperationException(
                "A configuration of the event store asks the services for the store, or for a DbContext, which is configured after the " +
                "store. In AddEventStore and ConfigureEventStore, ask only for services that need neither, such as IConfiguration or a " +
                "data source.");
        }

        var outer = _completing;
        _completing = this;
        try
        {
            var setup = services.GetServices<LateConfiguration>().Aggregate(Setup, (decided, late) => late.Apply(services, decided));
            setup.Check(needsDatabase: true);
            return setup;
        }
        finally
        {
            _completing = outer;
        }
    }

    /// <summary>The startup's checks and migrations.</summary>
    public SchemaStartup StartupOf(StoreSetup setup)
    {
        var subscription = Subscribers is [var first, ..] ? $"the subscription '{first.Name}'" : null;
        return new(setup.Migrates, setup.Migrates ? "MigrateOnStart()" : subscription, subscription, Subscribers.Count);
    }

    /// <summary>Creates the catalog of the application's events.</summary>
    /// <exception cref="InvalidOperationException">A serializer was set for a type that is not an event.</exception>
    public EventCatalog CreateCatalog()
    {
        var catalog = EventCatalog.Of(Assemblies, Serializers);
        foreach (var type in Serializers.Types.Where(type => catalog.Find(type) is null))
        {
            catalog.Add(EventDescriptor.WithOwnSerializer(type) ?? throw new InvalidOperationException(
                $"UseSerializer<{type.Name}> names {type}, which is not a registered event. Mark it [Event]."));
        }

        return catalog;
    }
}
