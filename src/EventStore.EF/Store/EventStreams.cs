using System.Data.Common;
using System.Diagnostics;
using EventStore.EF.Append;
using EventStore.EF.Read;
using EventStore.EF.Snapshots;
using EventStore.EF.States;
using EventStore.EF.Storage;
using EventStore.EF.Streams;
using EventStore.EF.Telemetry;

namespace EventStore.EF.Store;

/// <summary>Validates arguments and passes calls on, in the store's own transactions or in the caller's.</summary>
internal abstract class EventStreams(
    IStorage storage, EventPlanner planner, Appender appender, EventReader reader, StateStore states, UpdateRounds updates,
    StreamAdministration streams, SnapshotStore snapshots, DbTransaction? transaction)
    : IEventStreams
{
    public IStreamAdministration Streams => streams;

    public ISnapshots Snapshots => snapshots;

    protected IStorage Storage => storage;

    protected EventReader Reader => reader;

    private DbTransaction? Joined => AmbientTransaction.Join(storage, transaction);

    public Task<AppendResult> AppendAsync<TEvent>(
        StreamName stream, ExpectedVersion expected, TEvent @event, EventMetadata? metadata = null,
        CancellationToken cancellationToken = default)
        where TEvent : notnull
    {
        ArgumentNullException.ThrowIfNull(@event);
        var append = (stream, expected, @event: new NewEvent(@event) { Metadata = metadata ?? EventMetadata.Empty });
        return OnlyAsync(WriteAsync(
            ref append, static append => ([append.stream], 1),
            static (planner, ref append) => [planner.Plan(append.stream, append.expected, append.@event)], cancellationToken));
    }

    public Task<AppendResult> AppendManyAsync(
        StreamName stream, ExpectedVersion expected, IReadOnlyCollection<NewEvent> events, CancellationToken cancellationToken = default)
    {
        var append = (stream, expected, events);
        return OnlyAsync(WriteAsync(
            ref append, static append => ([append.stream], append.events?.Count ?? 0),
            static (planner, ref append) => [planner.Plan(append.stream, append.expected, append.events)], cancellationToken));
    }

    public async Task<IReadOnlyList<AppendResult>> AppendManyAsync(
        IReadOnlyCollection<StreamAppend> appends, CancellationToken cancellationToken = default)
        => await WriteAsync(
            ref appends,
            static appends => ([.. (appends ?? []).Select(append => append.Stream)], (appends ?? []).Sum(append => append.Events.Count)),
            static (planner, ref appends) => planner.Plan(appends), cancellationToken).ConfigureAwait(false);

    public Task<AppendResult> LinkAsync(
        StreamName target, ExpectedVersion expected, IReadOnlyCollection<Guid> eventIds, CancellationToken cancellationToken = default)
        => OnlyAsync(appender.WriteAsync([EventPlanner.PlanLinks(target, expected, eventIds)], Joined, null, cancellationToken));

    public Task<AppendResult> LinkAsync(
        StreamName target, ExpectedVersion expected, IReadOnlyCollection<RecordedEvent> events,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(events);
        return LinkAsync(target, expected, [.. events.Select(@event => @event.EventId)], cancellationToken);
    }

    public Task<StreamState<TState>> LoadAsync<TState>(StreamName stream, CancellationToken cancellationToken = default)
        where TState : notnull
        => states.LoadAsync<TState>(stream, streams, snapshots, Joined, cancellationToken);

    public async Task<StreamState<TState>?> TryLoadAsync<TState>(StreamName stream, CancellationToken cancellationToken = default)
        where TState : notnull
    {
        try
        {
            return await LoadAsync<TState>(stream, cancellationToken).ConfigureAwait(false);
        }
        catch (StreamNotFoundException)
        {
            return null;
        }
    }

    public Task<UpdateResult<TState>> UpdateAsync<TState>(
        StreamName stream, Func<TState, IEnumerable<object>> decide, CancellationToken cancellationToken = default)
        where TState : notnull
    {
        ArgumentNullException.ThrowIfNull(decide);
        return UpdateAsync<TState>(stream, (state, _) => new(decide(state)), cancellationToken);
    }

    public async Task<UpdateResult<TState>> UpdateAsync<TState>(
        StreamName stream, Func<TState, CancellationToken, ValueTask<IEnumerable<object>>> decide,
        CancellationToken cancellationToken = default)
        where TState : notnull
    {
        _ = stream.Value;
        ArgumentNullException.ThrowIfNull(decide);
        if (Joined is not null)
        {
            var (result, lost) = await TryUpdateAsync(stream, decide, cancellationToken).ConfigureAwait(false);
            return lost is null ? result : throw lost;
        }

        // Fail before the caller decides anything.
        CallerTransactionScope.Refuse(stream);
        return await updates.RunAsync(stream, token => TryUpdateAsync(stream, decide, token), cancellationToken).ConfigureAwait(false);
    }

    public IAsyncEnumerable<RecordedEvent> ReadStreamAsync(
        StreamName stream, ReadOptions? options = null, CancellationToken cancellationToken = default)
    {
        _ = stream.Value;
        options ??= ReadOptions.Default;
        options.Validate();
        return reader.ReadStreamAsync(stream, options, Joined, cancellationToken);
    }

    public async Task<RecordedEvent?> ReadLastAsync(StreamName stream, CancellationToken cancellationToken = default)
    {
        var last = new ReadOptions { Direction = ReadDirection.Backward, MaxCount = 1, PageSize = 1 };
        try
        {
            await foreach (var @event in ReadStreamAsync(stream, last, cancellationToken).ConfigureAwait(false))
                return @event;
        }
        catch (StreamNotFoundException)
        {
            // Without events, as a stream all of whose events were truncated.
        }

        return null;
    }

    private async Task<UpdateAttempt<UpdateResult<TState>>> TryUpdateAsync<TState>(
        StreamName stream, Func<TState, CancellationToken, ValueTask<IEnumerable<object>>> decide, CancellationToken ct)
        where TState : notnull
    {
        var loaded = await states.LoadAsync<TState>(stream, streams, snapshots, Joined, ct).ConfigureAwait(false);
        var (state, version) = loaded;
        var decided = await decide(state, ct).ConfigureAwait(false);
        var events = decided.Select(data => data as NewEvent ?? new NewEvent(data)).ToList();
        if (events.Count == 0)
            return new(new(state, version, 0, 0), null);

        var update = (stream, loaded, events, states, updated: default(TState)!);
        AppendResult result;
        try
        {
            result = await OnlyAsync(WriteAsync(
                ref update, static update => ([update.stream], update.events.Count),
                static (planner, ref update) =>
                {
                    var plan = planner.Plan(update.stream, ExpectedVersion.At(update.loaded.Version), update.events);

                    // First, so that nothing is written that the state can't take.
                    update.updated = update.states.Apply(update.loaded, plan, update.events);
                    return [plan];
                },
                ct)).ConfigureAwait(false);
        }
        catch (WrongExpectedVersionException lost)
        {
            return new(default, lost);
        }

        var updated = update.updated;
        if (states.IsKnownAfterAppend<TState>())
        {
            (updated, _) = await states.LoadAsync<TState>(stream, streams, snapshots, Joined, ct, through: result.StreamVersion)
                .ConfigureAwait(false);
        }

        return new(new(updated, result.StreamVersion, result.FirstPosition, result.LastPosition), null);
    }

    /// <summary>Plans an append and writes it; in a span of its own if anyone listens, whose context the events then carry.</summary>
    /// <param name="append">
    /// The append, and whatever its planning finds out. By reference, because a delegate that captured it would be allocated each time.
    /// </param>
    /// <param name="describe">The streams and the number of events, for the span.</param>
    /// <param name="plan">Plans it.</param>
    /// <param name="ct">Cancels waiting.</param>
    private Task<AppendResult[]> WriteAsync<TAppend>(
        ref TAppend append, Func<TAppend, (StreamName[] Streams, int Events)> describe, Planning<TAppend> plan, CancellationToken ct)
    {
        if (!Tracing.IsListenedTo)
            return appender.WriteAsync(plan(planner, ref append), Joined, null, ct);

        var outer = Activity.Current;
        Activity? span = null;
        try
        {
            var (streams, events) = describe(append);
            span = appender.Start(streams, events);
            return appender.WriteAsync(plan(planner, ref append), Joined, span, ct);
        }
        catch (Exception exception)
        {
            appender.End(span, null, exception);
            throw;
        }
        finally
        {
            // Only the append goes on in its span, not its caller.
            Activity.Current = outer;
        }
    }

    private static async Task<AppendResult> OnlyAsync(Task<AppendResult[]> writing) => (await writing.ConfigureAwait(false))[0];

    private delegate IReadOnlyList<StreamPlan> Planning<TAppend>(EventPlanner planner, ref TAppend append);
}
