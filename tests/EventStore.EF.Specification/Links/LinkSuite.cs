namespace EventStore.EF.Specification;

/// <summary>The base of the suites about links.</summary>
public abstract class LinkSuite(StoreFixture fixture) : StoreSpecification(fixture)
{
    /// <summary>A new stream's events.</summary>
    protected async Task<List<RecordedEvent>> StreamAsync(int count, int firstNumber = 1)
    {
        var stream = NewStream("source");
        await Events.AppendManyAsync(stream, ExpectedVersion.NoStream, Numbered(count, firstNumber), Ct);
        return await ReadAsync(stream);
    }

    /// <summary>The ids of events.</summary>
    protected static Guid[] Ids(params IEnumerable<RecordedEvent> events) => [.. events.Select(@event => @event.EventId)];

    /// <summary>Where an event was born.</summary>
    protected static (Guid Id, StreamName Stream, long Version, long Position) Place(RecordedEvent @event)
    {
        ArgumentNullException.ThrowIfNull(@event);
        return (@event.EventId, @event.StreamName, @event.StreamVersion, @event.Position);
    }
}
