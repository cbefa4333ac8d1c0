using System.Data.Common;

namespace EventStore.EF;

/// <summary>Checks what it is given and hands it to the part that does it, in the store's own transactions or in one of the caller's.</summary>
internal abstract class EventStreams(StoreParts parts, DbTransaction? transaction) : IEventStreams
{
    public IStreamAdministration Streams { get; } = new StreamAdministration(parts, transaction);

    public ISnapshots Snapshots { get; } = new SnapshotStore(parts, transaction);

    /// <summary>In the caller's transaction nothing is recorded in the background: it may be rolled back.</summary>
    private StateStore States => new(
        parts.Reader, Streams, Snapshots, Transaction, parts.Catalog, Transaction is null ? parts.SnapshotRecorder : null);

    private DbTransaction? Transaction => parts.Joined(transaction);

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
        => await parts.Appender.WriteAsync(parts.Planner.Plan(appends), Transaction, ct).ConfigureAwait(false);

    public Task<AppendResult> LinkAsync(
        StreamName target, ExpectedVersion expected, IReadOnlyCollection<Guid> eventIds, CancellationToken ct = default)
        => WriteAsync(EventPlanner.PlanLinks(target, expected, eventIds), ct);

    public Task<AppendResult> LinkAsync(
        StreamName target, ExpectedVersion expected, IReadOnlyCollection<RecordedEvent> events, CancellationToken ct = default)
    {
        ArgumentNullException.ThrowIfNull(events);
        return LinkAsync(target, expected, [.. events.Select(@event => @event.EventId)], ct);
    }

    public Task<StreamState<TState>> LoadAsync<TState>(StreamName stream, CancellationToken ct = default)
        where TState : notnull
        => States.LoadAsync<TState>(stream, ct);

    public async Task<AppendResult> UpdateAsync<TState>(
        StreamName stream, Func<TState, IEnumerable<object>> decide, CancellationToken ct = default)
        where TState : notnull
    {
        _ = stream.Value;
        ArgumentNullException.ThrowIfNull(decide);
        if (Transaction is not null)
        {
            var (result, lost) = await TryUpdateAsync(stream, decide, ct).ConfigureAwait(false);
            return lost is null ? result : throw lost;
        }

        // Before anything is decided in vain.
        CallersScope.Refuse(stream);
        return await parts.Updates.RunAsync(stream, token => TryUpdateAsync(stream, decide, token), ct).ConfigureAwait(false);
    }

    public IAsyncEnumerable<RecordedEvent> ReadStreamAsync(StreamName stream, ReadOptions? options = null, CancellationToken ct = default)
    {
        _ = stream.Value;
        options ??= ReadOptions.Default;
        options.Validate();
        return parts.Reader.ReadStreamAsync(stream, options, Transaction, ct);
    }

    private async Task<UpdateAttempt> TryUpdateAsync<TState>(
        StreamName stream, Func<TState, IEnumerable<object>> decide, CancellationToken ct)
        where TState : notnull
    {
        var (state, version) = await States.LoadAsync<TState>(stream, ct).ConfigureAwait(false);
        var events = decide(state).Select(data => data as NewEvent ?? new NewEvent(data)).ToList();
        if (events.Count == 0)
            return new(new(version, 0, 0), null);

        try
        {
            return new(await AppendManyAsync(stream, ExpectedVersion.At(version), events, ct).ConfigureAwait(false), null);
        }
        catch (WrongExpectedVersionException lost)
        {
            return new(default, lost);
        }
    }

    private async Task<AppendResult> WriteAsync(StreamPlan plan, CancellationToken ct)
        => (await parts.Appender.WriteAsync([plan], Transaction, ct).ConfigureAwait(false))[0];
}
