using System.Diagnostics;
using System.Text.Json;

namespace EventStore.EF;

/// <summary>Turns events into what is written: names, JSON, metadata, ids. Whatever is wrong with them is found here, before the database is asked.</summary>
internal sealed class EventPlanner(EventCatalog catalog, EventStoreOptions options)
{
    private const string TraceParent = "traceparent";

    public AppendPlan Plan(StreamName stream, ExpectedVersion expected, IReadOnlyCollection<NewEvent> events)
    {
        _ = stream.Value;
        ArgumentNullException.ThrowIfNull(events);
        if (events.Count == 0)
            throw new ArgumentException($"An append to stream '{stream}' has no events; it takes at least one.", nameof(events));

        var planned = new List<PlannedEvent>(events.Count);
        var ids = events.Count > 1 ? new HashSet<Guid>(events.Count) : null;
        foreach (var @event in events)
        {
            ArgumentNullException.ThrowIfNull(@event, nameof(events));
            if (ids?.Add(@event.EventId) == false)
                throw new DuplicateEventException(@event.EventId, "occurs twice in one append");

            planned.Add(Plan(@event));
        }

        return new(stream, expected, planned);
    }

    private PlannedEvent Plan(NewEvent @event)
    {
        var descriptor = catalog.Find(@event.Data.GetType()) ?? throw new EventNotRegisteredException(@event.Data.GetType());
        var data = Serialize(descriptor, @event.Data);
        var metadata = WithTrace(@event.Metadata).ToJson();
        var size = data.Length + (metadata?.Length ?? 0L);
        if (size > options.MaxEventSize)
            throw new EventTooLargeException(descriptor.Name, size, options.MaxEventSize);

        var cause = EventContext.Current?.Event;
        return new(
            @event.EventId, descriptor.Name, descriptor.Version, data, metadata,
            @event.CorrelationId ?? cause?.CorrelationId ?? cause?.EventId,
            @event.CausationId ?? cause?.EventId);
    }

    private static byte[] Serialize(EventDescriptor descriptor, object data)
    {
        try
        {
            return descriptor.Serialize(data);
        }
        catch (Exception exception) when (exception is JsonException or NotSupportedException or ArgumentException or InvalidOperationException)
        {
            throw new EventSerializationException(descriptor.Name, descriptor.ClrType, exception);
        }
    }

    /// <summary>Adds the W3C trace context of the current activity, so that handlers continue the trace.</summary>
    private static EventMetadata WithTrace(EventMetadata metadata)
        => Activity.Current is { IdFormat: ActivityIdFormat.W3C, Id: { } id } && !metadata.ContainsKey(TraceParent)
            ? metadata.With(TraceParent, id)
            : metadata;
}
