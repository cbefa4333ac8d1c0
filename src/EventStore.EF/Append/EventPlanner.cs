using System.Diagnostics;
using System.Text.Json;
using EventStore.EF.Storage;
using EventStore.EF.Telemetry;

namespace EventStore.EF.Append;

/// <summary>
/// Turns events into what is written: names, JSON, metadata and ids. Invalid events are rejected here, before anything reaches the
/// database.
/// </summary>
internal sealed class EventPlanner(EventCatalog catalog, EventStoreOptions options, RunawayMonitor runaways)
{
    /// <summary>
    /// The maximum size of one call in bytes. PostgreSQL accepts no message and no array of 1 GiB; SQLite accepts no value of 1,000,000,000
    /// bytes.
    /// </summary>
    internal const long MaxBytes = 1_000_000_000;

    /// <summary>The bytes counted per event besides payload, metadata and type name: ids, versions, lengths.</summary>
    private const int BytesBeside = 128;

    public AppendPlan Plan(StreamName stream, ExpectedVersion expected, NewEvent @event)
    {
        _ = stream.Value;
        var budget = new Budget(1);
        return new(stream, expected, [Plan(@event, ref budget)]);
    }

    public AppendPlan Plan(StreamName stream, ExpectedVersion expected, IReadOnlyCollection<NewEvent> events)
    {
        _ = stream.Value;
        ArgumentNullException.ThrowIfNull(events);
        if (events.Count == 0)
            throw new ArgumentException($"An append to stream '{stream}' has no events. Pass at least one.", nameof(events));

        var budget = new Budget(events.Count);
        return new(stream, expected, Plan(events, events.Count > 1 ? new(events.Count) : null, ref budget));
    }

    public IReadOnlyList<StreamPlan> Plan(IReadOnlyCollection<StreamAppend> appends)
    {
        ArgumentNullException.ThrowIfNull(appends);
        if (!appends.Any(append => !append.IsCondition))
        {
            throw new ArgumentException(
                "An append to several streams has no events. Pass events for at least one stream.", nameof(appends));
        }

        var plans = new List<StreamPlan>(appends.Count);
        var streams = new HashSet<StreamName>(appends.Count);
        var ids = new HashSet<Guid>();
        var budget = new Budget(appends.Sum(append => append.Events.Count));
        foreach (var append in appends)
        {
            if (!streams.Add(append.Stream))
            {
                throw new ArgumentException(
                    $"Stream '{append.Stream}' occurs twice in one append. Pass all of its events together.", nameof(appends));
            }

            plans.Add(append.IsCondition
                ? new ConditionPlan(append.Stream, append.Expected)
                : new AppendPlan(
                    append.Stream, append.Expected, Plan(append.Events, ids, ref budget), append.CreatedAt?.ToUniversalTime()));
        }

        return plans;
    }

    public static LinkPlan PlanLinks(StreamName target, ExpectedVersion expected, IReadOnlyCollection<Guid> eventIds)
    {
        _ = target.Value;
        ArgumentNullException.ThrowIfNull(eventIds);
        if (eventIds.Count == 0)
            throw new ArgumentException($"A link into stream '{target}' has no events. Pass at least one.", nameof(eventIds));

        var ids = new HashSet<Guid>(eventIds.Count);
        foreach (var id in eventIds)
            Add(ids, id);

        return new(target, expected, [.. eventIds]);
    }

    /// <param name="events">The events of one stream.</param>
    /// <param name="ids">The ids seen so far in the call; null if there can't be a duplicate.</param>
    /// <param name="budget">The bytes that the call may still write.</param>
    private List<PlannedEvent> Plan(IReadOnlyCollection<NewEvent> events, HashSet<Guid>? ids, ref Budget budget)
    {
        var planned = new List<PlannedEvent>(events.Count);
        foreach (var @event in events)
        {
            ArgumentNullException.ThrowIfNull(@event, nameof(events));
            Add(ids, @event.EventId);
            planned.Add(Plan(@event, ref budget));
        }

        return planned;
    }

    private static void Add(HashSet<Guid>? ids, Guid id)
    {
        if (ids?.Add(id) == false)
            throw new DuplicateEventException(id, "occurs twice in one call");
    }

    private PlannedEvent Plan(NewEvent @event, ref Budget budget)
    {
        var type = @event.Data.GetType();
        var descriptor = catalog.Find(type) ?? throw new EventNotRegisteredException(type);
        var serializer = catalog.Serializers.Writing(type);
        var isJson = serializer is null || ContentTypes.IsJson(serializer.ContentType);
        var data = serializer is null ? Serialize(descriptor, @event.Data) : Serialize(descriptor, serializer, isJson, @event.Data);
        var metadata = WithTrace(@event.Metadata).ToJson();
        var size = data.Length + (metadata?.Length ?? 0L);
        if (size > options.MaxEventSize)
            throw new EventTooLargeException(descriptor.Name, size, options.MaxEventSize);

        budget.Spend(size + descriptor.Name.Length + BytesBeside);

        var context = EventContext.Current;
        if (context is not null)
            runaways.Appending(@event.EventId, context);

        var cause = context?.Event;
        return new(
            @event.EventId, descriptor.Name, descriptor.Version, data,
            serializer is null || serializer.ContentType == ContentTypes.Json ? null : serializer.ContentType, isJson, metadata,
            @event.CorrelationId ?? cause?.CorrelationId ?? cause?.EventId,
            @event.CausationId ?? cause?.EventId);
    }

    private static byte[] Serialize(EventDescriptor descriptor, object data)
    {
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

    /// <summary>Wraps whatever an application's serializer throws; nothing has been written yet.</summary>
    private static byte[] Serialize(EventDescriptor descriptor, IEventSerializer serializer, bool isJson, object data)
    {
        try
        {
            var payload = serializer.Serialize(data) ?? throw new InvalidOperationException($"{serializer.GetType()} returned null.");
            if (isJson)
                ContentTypes.CheckJson(payload);

            return payload;
        }
        catch (Exception exception)
        {
            throw new EventSerializationException(descriptor.Name, descriptor.ClrType, exception);
        }
    }

    /// <summary>Adds the W3C trace context of the current activity, so that handlers can link to the trace.</summary>
    private static EventMetadata WithTrace(EventMetadata metadata)
        => Activity.Current is { IdFormat: ActivityIdFormat.W3C, Id: { } id } current && !Tracing.IsOver(current)
            && !metadata.ContainsKey(Tracing.TraceParent)
            ? metadata.With(Tracing.TraceParent, id)
            : metadata;

    /// <summary>
    /// The number of bytes that one call may write. It is checked after each event, so that nothing more is serialized once it is exceeded.
    /// </summary>
    /// <param name="events">The number of events in the call.</param>
    private struct Budget(int events)
    {
        private long _spent;
        private int _fitting;

        public void Spend(long bytes)
        {
            _spent += bytes;
            if (_spent > MaxBytes)
                throw new AppendTooLargeException(events, _fitting, MaxBytes);

            _fitting++;
        }
    }
}
