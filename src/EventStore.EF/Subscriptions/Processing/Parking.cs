using System.Data.Common;
using EventStore.EF.Errors;
using EventStore.EF.Subscriptions.Definitions;
using EventStore.EF.Subscriptions.Delivery;
using EventStore.EF.Subscriptions.Leases;
using EventStore.EF.Subscriptions.Sources;
using Microsoft.Extensions.Logging;

namespace EventStore.EF.Subscriptions.Processing;

/// <summary>
/// The parked events of one partition of a subscription: writes failed events, and those behind them, to their table, and replays them in
/// order, one at a time. While a key has rows, its new events queue behind them.
/// </summary>
/// <remarks>
/// Only the processor's loop writes, so no event slips in between the last replay of a key and its release. The rows to replay are read,
/// and those of handled events removed, several at a time: events that wait behind their key must not arrive faster than they can be
/// replayed.
/// </remarks>
internal sealed partial class Parking(
    PartitionProcessor processor, IReadOnlyList<string> parkedKeys, ISubscriptionSource source, SubscriptionDefinition subscription,
    SubscriptionServices services)
{
    /// <summary>Rows that are read together, and at most so many handled ones whose removal waits for others.</summary>
    private const int MostTogether = 50;

    /// <summary>A handler that takes longer has its row removed at once: collecting would save little and delay much.</summary>
    private static readonly TimeSpan LongestCollected = TimeSpan.FromMilliseconds(5);

    private readonly Queue<ParkedRow> _next = new();
    private readonly List<ParkedRow> _handled = [];
    private readonly ParkedEvents _rows = services.Leases.Parked;
    private readonly Lock _lock = new();
    private readonly HashSet<string> _keys = new(parkedKeys, StringComparer.Ordinal);
    private readonly HashSet<string> _emptied = new(StringComparer.Ordinal);
    private readonly Queue<ParkRequest> _requests = new();
    private IReadOnlyList<DeliveryItem> _behind = [];

    /// <summary>Whether any key has parked events: a quick check for every event. Only the loop changes it.</summary>
    private volatile bool _hasKeys = parkedKeys.Count > 0;

    private Exception? _closedBecause;
    private long? _replaysSeen;
    private (Consumer Consumer, ParkedRow Row)? _replaying;
    private (ParkedRow Row, string? Error)? _replayed;
    private long _replayBegan;

    /// <summary>Whether a step may have work to do.</summary>
    public bool IsWaiting
    {
        get
        {
            lock (_lock)
                return _requests.Count > 0 || _replayed is not null || _emptied.Count > 0 || (_handled.Count > 0 && _replaying is null);
        }
    }

    /// <summary>Whether parked events are replayed, or may have to be. Only the loop asks.</summary>
    public bool HasReplays { get; private set; }

    /// <summary>Whether something is in progress that must be finished before the partition is released.</summary>
    public bool IsBusy
    {
        get
        {
            lock (_lock)
                return _requests.Count > 0 || _replaying is not null || _replayed is not null || _behind.Count > 0 || _handled.Count > 0;
        }
    }

    /// <summary>Whether the key has parked events.</summary>
    public bool Contains(string key)
    {
        if (!_hasKeys)
            return false;

        lock (_lock)
            return _keys.Contains(key) && !_emptied.Contains(key);
    }

    /// <summary>The row that the consumer is replaying, if it is the one at this position.</summary>
    public ParkedRow? ReplayOf(Consumer consumer, long place)
    {
        lock (_lock)
            return _replaying is { } replaying && replaying.Consumer == consumer && replaying.Row.Place == place ? replaying.Row : null;
    }

    /// <summary>Requests that an event in flight be parked by the next step.</summary>
    public void Request(ParkRequest request)
    {
        lock (_lock)
        {
            if (!processor.Over.IsCancellationRequested)
                _requests.Enqueue(request);
            else if (_closedBecause is not null)
                request.TrySetException(_closedBecause);
            else
                request.TrySetCanceled(processor.Over);
        }
    }

    /// <summary>Records that the last replayed event was handled or failed with an error.</summary>
    /// <param name="row">Its row.</param>
    /// <param name="error">The error.</param>
    public void Replayed(ParkedRow row, string? error)
    {
        lock (_lock)
            _replayed = (row, error);
    }

    /// <summary>Records that the consumer is gone and won't report the outcome of its replay.</summary>
    public void Left(Consumer consumer)
    {
        lock (_lock)
        {
            if (_replaying?.Consumer == consumer && _replayed is null)
                _replaying = null;
        }
    }

    /// <summary>Does one piece of work, if there is any.</summary>
    public async ValueTask<bool> StepAsync(Lease lease, CancellationToken ct)
    {
        if (NextRequest() is { } request)
        {
            await ParkAsync(lease, request, ct).ConfigureAwait(false);
            return true;
        }

        if (Answer() is { } answer)
        {
            await FinishReplayAsync(lease, answer.Row, answer.Error, ct).ConfigureAwait(false);
            return true;
        }

        if (_behind.Count > 0)
        {
            await ParkBehindAsync(lease, _behind, ct).ConfigureAwait(false);
            return true;
        }

        Free();
        if (_replaysSeen != lease.Replays)
        {
            // Rows that are kept here may have been discarded.
            var replays = lease.Replays;
            _next.Clear();
            await RemoveHandledAsync(lease, ct).ConfigureAwait(false);
            await SeeKeysAsync(lease, ct).ConfigureAwait(false);
            (_replaysSeen, HasReplays) = (replays, true);
            return true;
        }

        if (IsReplayOnItsWay())
            return false;

        if (_handled.Count > 0 && (_next.Count == 0 || processor.IsClosing || processor.Dispatcher.AnyConsumer is null))
        {
            await RemoveHandledAsync(lease, ct).ConfigureAwait(false);
            return true;
        }

        if (!HasReplays || processor.IsClosing)
            return false;

        if (_next.Count == 0)
        {
            foreach (var row in await _rows.NextReplaysAsync(lease, MostTogether, ct).ConfigureAwait(false))
                _next.Enqueue(row);

            HasReplays = _next.Count > 0;
            return true;
        }

        return await ReplayAsync(lease, _next.Peek(), ct).ConfigureAwait(false);
    }

    /// <summary>Parks events behind the parked events of their key.</summary>
    public async Task ParkBehindAsync(Lease lease, IReadOnlyList<DeliveryItem> items, CancellationToken ct)
    {
        // The machine returns them only once, so they are kept until they are written.
        _behind = items;
        await _rows.ParkAsync(lease, [.. items.Select(item => Row(item, null, 0))], null, ct).ConfigureAwait(false);
        _behind = [];

        // If nothing is parked before them any more, they must be replayed immediately.
        HasReplays = true;
        lock (_lock)
            _emptied.ExceptWith(items.Select(item => item.Key!));

        processor.Dispatcher.Parked(items);
        services.Meter.Parked(processor.Name, items.Count);
    }

    /// <summary>Ends all requests: nothing more is parked.</summary>
    public void Close(Exception? reason)
    {
        lock (_lock)
        {
            _closedBecause ??= reason;
            foreach (var request in _requests)
                _ = reason is null ? request.TrySetCanceled(processor.Over) : request.TrySetException(reason);

            _requests.Clear();
        }
    }

    private ParkedRow Row(DeliveryItem item, string? error, int attempts)
    {
        // A projection removes the last row of a key itself; events queued before that is known here must be replayed with it.
        bool isReplayed;
        lock (_lock)
            isReplayed = _replaying?.Row.Key == item.Key || _handled.Exists(row => row.Key == item.Key);

        return new(item.Place, item.Key!, item.Event.EventId, item.Event.Position, error, attempts, isReplayed);
    }

    private ParkRequest? NextRequest()
    {
        lock (_lock)
            return _requests.TryPeek(out var request) ? request : null;
    }

    private (ParkedRow Row, string? Error)? Answer()
    {
        lock (_lock)
            return _replayed;
    }

    private bool IsReplayOnItsWay()
    {
        lock (_lock)
            return _replaying is not null;
    }

    private async Task ParkAsync(Lease lease, ParkRequest request, CancellationToken ct)
    {
        var item = request.Item;
        try
        {
            await _rows.ParkAsync(lease, [Row(item, request.Error, request.Attempts)], null, ct).ConfigureAwait(false);
        }
        catch (DbException exception) when (exception.SqlState is ['2', '2' or '3', ..] or ['5', '4', ..])
        {
            // Refused because of its content, so it would be refused for ever: the requester decides.
            lock (_lock)
                _requests.TryDequeue(out _);

            request.TrySetException(new ParkingRefusedException(item.Event, exception));
            return;
        }

        HasReplays |= request.Error is null;
        lock (_lock)
        {
            _requests.TryDequeue(out _);
            _keys.Add(item.Key!);
            _hasKeys = true;
            _emptied.Remove(item.Key!);
        }

        processor.Dispatcher.Parked(request.Consumer, item.Place);
        services.Meter.Parked(processor.Name, 1);
        request.TrySetResult();
    }

    private async Task<bool> ReplayAsync(Lease lease, ParkedRow row, CancellationToken ct)
    {
        // The subscription's filter is not used here: an event that it leaves out is not gone. But if the stream was removed, the position
        // may hold a different event.
        if (await source.FindAsync(row.Place, ct).ConfigureAwait(false) is not { } @event || @event.EventId != row.EventId)
        {
            var kept = await IsInStoreAsync(row, ct).ConfigureAwait(false)
                ? $"The stream of the subscription no longer has event {row.EventId}, which the store has at position {row.Position}. It " +
                    "stays parked: discard it, or handle it from there."
                : null;
            if (kept is null)
                LogGone(services.Logger, row.Position, processor.Name);

            await FinishReplayAsync(lease, row, kept, ct, isTried: false).ConfigureAwait(false);
            return true;
        }

        if (processor.Dispatcher.AnyConsumer is not { } consumer)
            return false;

        object? mapped = null;
        string? refusal;
        try
        {
            refusal = Refusal(@event);
            mapped = refusal is null ? subscription.Options.Map?.Invoke(@event) : null;
        }
        catch (Exception exception)
        {
            refusal = ErrorText.Describe(exception);
        }

        if (refusal is not null)
        {
            await FinishReplayAsync(lease, row, refusal, ct, isTried: false).ConfigureAwait(false);
            return true;
        }

        // Set before it is sent, because the answer may come immediately.
        _replayBegan = services.Time.GetTimestamp();
        lock (_lock)
            _replaying = (consumer, row);

        consumer.Offer(new(processor, consumer, [new(@event, row.Key, mapped)], row));
        if (!processor.Dispatcher.Has(consumer))
            Left(consumer);

        return true;
    }

    /// <summary>Whether the store has the event, though the stream that was subscribed to may have lost its link to it.</summary>
    private async Task<bool> IsInStoreAsync(ParkedRow row, CancellationToken ct)
    {
        var page = await services.Storage.ReadAllAsync(
            new(ReadDirection.Backward, row.Position, 1, EventFilter.All), ct).ConfigureAwait(false);
        return page.Events is [var found] && found.EventId == row.EventId;
    }

    /// <summary>Why the current subscription would not deliver an event that it has parked; null if it would.</summary>
    private string? Refusal(RecordedEvent @event)
    {
        var obstacle = subscription.Coverage is { } coverage
            ? coverage.Obstacle(@event)
            : subscription.Filter.EventTypes?.Contains(@event.EventType) is false
                ? "the subscription's filter leaves its type out"
                : null;
        if (obstacle is not null)
        {
            return $"The replay of an event of type '{@event.EventType}' was refused: {obstacle}. It stays parked: replay it with code " +
                $"that accepts it, or discard it (event {@event.EventId}).";
        }

        return subscription.Filter.Accepts(@event) && subscription.Options.Selector?.Invoke(@event) is not false
            ? null
            : "The subscription's filter or selector no longer accepts the event. It stays parked: replay it with a filter and selector " +
                $"that accept it, or discard it (event {@event.EventId}).";
    }

    private async Task FinishReplayAsync(Lease lease, ParkedRow row, string? error, CancellationToken ct, bool isTried = true)
    {
        if (error is not null)
        {
            // Before it, in order: what was handled before the failure is no longer parked after it.
            await RemoveHandledAsync(lease, ct).ConfigureAwait(false);

            // Logged after it is written, so that a replay requested because of the log entry isn't mistaken for the one that failed.
            await _rows.ReplayFailedAsync(lease, row, error, isTried, ct).ConfigureAwait(false);
            LogReplayFailed(services.Logger, processor.Name, row.Position, row.Key, error);

            // The replay of the whole key has ended.
            ParkedRow[] others = [.. _next.Where(next => next.Key != row.Key)];
            _next.Clear();
            foreach (var other in others)
                _next.Enqueue(other);
        }
        else if (_next.TryPeek(out var first) && first.Place == row.Place)
        {
            _ = _next.Dequeue();
        }

        lock (_lock)
        {
            if (error is null)
                _handled.Add(row);

            (_replayed, _replaying) = (null, null);
        }

        if (_handled.Count >= MostTogether || services.Time.GetElapsedTime(_replayBegan) > LongestCollected)
            await RemoveHandledAsync(lease, ct).ConfigureAwait(false);
    }

    /// <summary>Removes the rows of handled events, and releases the keys that have none left.</summary>
    private async Task RemoveHandledAsync(Lease lease, CancellationToken ct)
    {
        if (_handled.Count == 0)
            return;

        // Only these keys: the keys of all the others may be many.
        var emptied = await _rows.ReplayedAsync(lease, _handled, ct).ConfigureAwait(false);
        lock (_lock)
        {
            _handled.Clear();
            _emptied.UnionWith(emptied);
        }

        Free();
    }

    /// <summary>Releases the keys that have no rows any more.</summary>
    private async Task SeeKeysAsync(Lease lease, CancellationToken ct)
    {
        var waiting = await _rows.KeysAsync(lease, ct).ConfigureAwait(false);
        lock (_lock)
        {
            _emptied.UnionWith(_keys);
            _emptied.ExceptWith(waiting);
        }

        Free();
    }

    /// <summary>
    /// Releases the emptied keys, except those with an event on its way into the table, or in flight and perhaps about to fail.
    /// </summary>
    private void Free()
    {
        string[] emptied;
        lock (_lock)
            emptied = [.. _emptied];

        foreach (var key in emptied)
        {
            var isFree = false;
            processor.Dispatcher.Change((machine, _) => isFree = machine.TryUnpark(key));
            if (!isFree)
                continue;

            lock (_lock)
            {
                _keys.Remove(key);
                _hasKeys = _keys.Count > 0;
                _emptied.Remove(key);
            }
        }
    }

    [LoggerMessage(
        3505, LogLevel.Warning,
        "The parked event at position {Position} of subscription '{Name}' no longer exists; it is removed from the parked events")]
    private static partial void LogGone(ILogger logger, long position, SubscriptionName name);

    [LoggerMessage(
        3506, LogLevel.Error,
        "Subscription '{Name}' failed again to handle the parked event at position {Position} of '{Key}'; it stays parked: {Error}")]
    private static partial void LogReplayFailed(ILogger logger, SubscriptionName name, long position, string key, string error);
}
