namespace EventStore.EF.Tests;

/// <summary>Makes recorded events where only their place matters.</summary>
internal static class Recorded
{
    public static RecordedEvent At(long position, string type = "counted", string stream = "numbers", Guid? correlationId = null, int size = 2) => new(new EventCatalog())
    {
        EventId = Guid.CreateVersion7(),
        Position = position,
        StreamName = stream,
        StreamVersion = position,
        Number = position,
        EventType = type,
        SchemaVersion = 1,
        CorrelationId = correlationId,
        Payload = new byte[size],
        CreatedAt = DateTimeOffset.UnixEpoch,
    };

    public static RecordedEvent[] At(params ReadOnlySpan<long> positions)
    {
        var events = new RecordedEvent[positions.Length];
        for (var index = 0; index < events.Length; index++)
            events[index] = At(positions[index]);

        return events;
    }
}
