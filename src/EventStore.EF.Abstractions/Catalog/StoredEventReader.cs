using System.Text.Json;

namespace EventStore.EF;

/// <summary>
/// Turns stored events into objects: upcasts the JSON of old versions to a version that a type reads, then the object to its newest
/// version.
/// </summary>
internal static class StoredEventReader
{
    /// <exception cref="UnknownEventTypeException">No known type has the stored name and version.</exception>
    /// <exception cref="EventDeserializationException">The payload can't be read as that type, or an upcaster threw.</exception>
    public static IReadOnlyList<object> Read(EventCatalog catalog, RecordedEvent stored)
    {
        var (name, version, payload) = (stored.EventType, stored.SchemaVersion, stored.Payload);
        if (catalog.Upcasters.ReadsJson(name, version) && stored.ContentType == ContentTypes.Json)
        {
            if (UpcastJson(catalog, stored) is not { } upcast)
                return [];
            (name, version, payload) = upcast;
        }

        var descriptor = catalog.Find(name, version)
            ?? throw new UnknownEventTypeException(name, version, stored.StreamName, stored.StreamVersion);
        var data = Deserialize(catalog, descriptor, stored, payload);
        try
        {
            return catalog.Upcasters.Upcast(data);
        }
        catch (Exception exception)
        {
            throw Unreadable(stored, descriptor.ClrType, exception);
        }
    }

    private static (string Name, int Version, byte[] Payload)? UpcastJson(EventCatalog catalog, RecordedEvent stored)
    {
        try
        {
            return catalog.Upcasters.UpcastJson(stored.EventType, stored.SchemaVersion, stored.Payload.Span);
        }
        catch (Exception exception)
        {
            throw Unreadable(stored, typeof(System.Text.Json.Nodes.JsonObject), exception);
        }
    }

    private static object Deserialize(EventCatalog catalog, EventDescriptor descriptor, RecordedEvent stored, ReadOnlyMemory<byte> payload)
    {
        IEventSerializer? own = null;
        try
        {
            own = catalog.Serializers.Reading(descriptor.ClrType, stored.ContentType);
            if (own is null)
                return descriptor.Deserialize(payload.Span) ?? throw new JsonException("The payload is the JSON value null.");

            var data = own.Deserialize(payload, descriptor.ClrType);
            return descriptor.ClrType.IsInstanceOfType(data)
                ? data
                : throw new InvalidOperationException($"{own.GetType()} returned {data?.GetType().ToString() ?? "null"}.");
        }
        catch (Exception exception) when (
            own is not null
            || exception is JsonException or NotSupportedException or InvalidOperationException or FormatException or ArgumentException)
        {
            throw Unreadable(stored, descriptor.ClrType, exception);
        }
    }

    private static EventDeserializationException Unreadable(RecordedEvent stored, Type type, Exception exception)
        => new(stored.EventType, type, stored.StreamName, stored.StreamVersion, exception);
}
