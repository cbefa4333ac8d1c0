using System.Data.Common;

namespace EventStore.EF;

/// <summary>Checks what it is given and hands it to the part that does it, in the store's own transactions or in one of the caller's.</summary>
internal abstract class EventStreams(StoreParts parts, DbTransaction? transaction) : IEventStreams
{
    public IStreamAdministration Streams { get; } = new StreamAdministration(parts, transaction);

    public ISnapshots Snapshots { get; } = new SnapshotStore(parts, transaction);

    public Task<AppendResult> AppendAsync<TEvent>(
        StreamName stream, ExpectedVersion expected, TEvent @event, EventMetadata? metadata = null, CancellationToken ct = default)
        where TEvent : notnull
    {
        ArgumentNullException.ThrowIfNull(@event);
        return WriteAsync(parts.Planner.Plan(stream, expected, new NewEvent(@event) { Metadata = metadata ?? EventMetadata.Empty }), ct);
    }

    public Task<AppendResult> AppendManyAsync(
        StreamName stream, ExpectedVersion expected, IReadOnlyCollection<NewEvent> events, CancellationToken ct = default)
        => WriteAsync(parts.Planner.Plan(stream, expected, events), ct);

    public async Task<IReadOnlyList<AppendResult>> AppendManyAsync(IReadOnlyCollection<StreamAppend> appends, CancellationToken ct = default)
        => await parts.Appender.WriteAsync(parts.Planner.Plan(appends), transaction, ct).ConfigureAwait(false);

    public Task<AppendResult> LinkAsync(
        StreamName target, ExpectedVersion expected, IReadOnlyCollection<Guid> eventIds, CancellationToken ct = default)
        => WriteAsync(EventPlanner.PlanLinks(target, expected, eventIds), ct);

    public Task<AppendResult> LinkAsync(
        StreamName target, ExpectedVersion expected, IReadOnlyCollection<RecordedEvent> events, CancellationToken ct = default)
    {
        ArgumentNullException.ThrowIfNull(events);
        return LinkAsync(target, expected, [.. events.Select(@event => @event.EventId)], ct);
    }

    public IAsyncEnumerable<RecordedEvent> ReadStreamAsync(StreamName stream, ReadOptions? options = null, CancellationToken ct = default)
    {
        _ = stream.Value;
        options ??= ReadOptions.Default;
        options.Validate();
        return parts.Reader.ReadStreamAsync(stream, options, transaction, ct);
    }

    private async Task<AppendResult> WriteAsync(StreamPlan plan, CancellationToken ct)
        => (await parts.Appender.WriteAsync([plan], transaction, ct).ConfigureAwait(false))[0];
}
