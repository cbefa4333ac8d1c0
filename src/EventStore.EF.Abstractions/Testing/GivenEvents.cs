using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.Json;

namespace EventStore.EF;

/// <summary>Creates stored events that no store has stored.</summary>
internal static class GivenEvents
{
    /// <summary>The stream of events that a test gives no stream.</summary>
    public const string Stream = "test-1";

    private static readonly ConditionalWeakTable<Assembly, EventCatalog> Catalogs = new();

    /// <summary>The catalog of a type's assembly and of all assemblies that it references.</summary>
    public static EventCatalog CatalogOf(Type type) => Catalogs.GetValue(type.Assembly, static assembly => EventCatalog.Of(assembly));

    /// <summary>Creates the stored form of an event.</summary>
    /// <param name="event">An event or a <see cref="NewEvent"/>.</param>
    /// <param name="stream">The stream.</param>
    /// <param name="version">The version, which is also the position.</param>
    /// <param name="createdAt">The time.</param>
    /// <exception cref="EventNotRegisteredException">The type is not a registered event.</exception>
    /// <exception cref="EventSerializationException">The event can't be written.</exception>
    public static RecordedEvent Record(object @event, StreamName stream, long version, DateTimeOffset createdAt)
    {
        var given = @event as NewEvent ?? new NewEvent(@event);
        var type = given.Data.GetType();
        var catalog = CatalogOf(type);
        var descriptor = catalog.Find(type) ?? throw new EventNotRegisteredException(type);
        return new(new Reader(catalog, descriptor, given.Data))
        {
            EventId = given.EventId,
            Position = version,
            StreamName = stream,
            StreamVersion = version,
            Number = version,
            EventType = descriptor.Name,
            SchemaVersion = descriptor.Version,
            Payload = Serialize(descriptor, given.Data),
            Metadata = given.Metadata,
            CorrelationId = given.CorrelationId,
            CausationId = given.CausationId,
            CreatedAt = createdAt.ToUniversalTime(),
        };
    }

    private static byte[] Serialize(EventDescriptor descriptor, object data)
    {
        if (descriptor.ClrType.GetCustomAttribute<EventAttribute>() is { HasOwnSerializer: true })
            return [];

        try
        {
            return descriptor.Serialize(data);
        }
        catch (Exception exception) when (
            exception is JsonException or NotSupportedException or ArgumentException or InvalidOperationException)
        {
            throw new EventSerializationException(descriptor.Name, descriptor.ClrType, exception);
        }
    }

    /// <summary>Returns the event that was given, in its newest version, without reading the payload.</summary>
    private sealed class Reader(EventCatalog catalog, EventDescriptor descriptor, object data) : IStoredEventReader
    {
        public IReadOnlyList<object> Read(RecordedEvent stored)
        {
            try
            {
                return catalog.Upcasters.Upcast(data);
            }
            catch (Exception exception)
            {
                throw new EventDeserializationException(
                    descriptor.Name, descriptor.ClrType, stored.StreamName, stored.StreamVersion, exception);
            }
        }
    }
}
