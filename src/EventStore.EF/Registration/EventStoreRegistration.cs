using System.Reflection;
using EventStore.EF.Startup;
using EventStore.EF.Storage;
using EventStore.EF.Subscriptions.Definitions;

namespace EventStore.EF.Registration;

/// <summary>The result of an <see cref="EventStoreBuilder"/>.</summary>
internal sealed record EventStoreRegistration(
    StoreDatabase Database, IReadOnlyList<Assembly> Assemblies, EventSerializers Serializers,
    IReadOnlyList<SubscriberRegistration> Subscribers, ForeignTypes Foreign, bool Migrates)
{
    /// <summary>The startup's checks and migrations.</summary>
    public SchemaStartup Startup
    {
        get
        {
            var subscription = Subscribers is [var first, ..] ? $"the subscription '{first.Name}'" : null;
            return new(Migrates, Migrates ? "MigrateOnStart()" : subscription, subscription, Subscribers.Count);
        }
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
