namespace EventStore.EF;

/// <summary>The store: checks what it is given and hands it to the part that does it.</summary>
internal sealed class RelationalEventStore(EventPlanner planner, Appender appender, EventReader reader) : IEventStore
{
    public Task<AppendResult> AppendAsync<TEvent>(
        StreamName stream, ExpectedVersion expected, TEvent @event, EventMetadata? metadata = null, CancellationToken ct = default)
        where TEvent : notnull
    {
        ArgumentNullException.ThrowIfNull(@event);
        return AppendManyAsync(stream, expected, [new NewEvent(@event) { Metadata = metadata ?? EventMetadata.Empty }], ct);
    }

    public Task<AppendResult> AppendManyAsync(
        StreamName stream, ExpectedVersion expected, IReadOnlyCollection<NewEvent> events, CancellationToken ct = default)
        => appender.AppendAsync(planner.Plan(stream, expected, events), ct);

    public IAsyncEnumerable<RecordedEvent> ReadStreamAsync(StreamName stream, ReadOptions? options = null, CancellationToken ct = default)
    {
        _ = stream.Value;
        options ??= ReadOptions.Default;
        options.Validate();
        return reader.ReadStreamAsync(stream, options, ct);
    }

    public IAsyncEnumerable<RecordedEvent> ReadAllAsync(ReadOptions? options = null, CancellationToken ct = default)
    {
        options ??= ReadOptions.Default;
        options.Validate();
        return reader.ReadAllAsync(options, ct);
    }
}
