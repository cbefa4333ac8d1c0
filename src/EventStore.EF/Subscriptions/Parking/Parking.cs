using System.Data.Common;
using Microsoft.Extensions.Logging;

namespace EventStore.EF;

/// <summary>
/// The parked events of one part of a subscription: puts failed ones and those behind them into their table, and takes them out again to
/// replay them, in order, one at a time. While a key has rows its new events go behind them.
/// </summary>
/// <remarks>All writing is done by the tenure's loop, so no event slips in between the last replay of a key and its release.</remarks>
internal sealed partial class Parking(
    Tenure tenure, IReadOnlyList<string> parkedKeys, ISubscriptionSource source, SubscriptionDefinition subscription, SubscriptionParts parts)
{
    private readonly ParkedEvents _rows = parts.Leases.Parked;
    private readonly Lock _lock = new();
    private readonly HashSet<string> _keys = new(parkedKeys, StringComparer.Ordinal);
    private readonly HashSet<string> _emptied = new(StringComparer.Ordinal);
    private readonly Queue<ParkRequest> _requests = new();
    private IReadOnlyList<DeliveryItem> _behind = [];

    /// <summary>Whether there are any, for those who ask about each event; only the loop changes them.</summary>
    private volatile bool _hasKeys = parkedKeys.Count > 0;

    private Exception? _closedBecause;
    private long? _replaysSeen;
    private bool _isReplaying;
    private (Consumer Consumer, ParkedRow Row)? _replaying;
    private (ParkedRow Row, string? Error, bool IsRemoved)? _replayed;

    /// <summary>Whether a step may have something to do.</summary>
    public bool IsWaiting
    {
        get
        {
            lock (_lock)
                return _requests.Count > 0 || _replayed is not null || _emptied.Count > 0;
        }
    }

    /// <summary>Whether something is under way that is to be finished before the part is given back.</summary>
    public bool IsBusy
    {
        get
        {
            lock (_lock)
                return _requests.Count > 0 || _replaying is not null || _replayed is not null || _behind.Count > 0;
        }
    }

    /// <summary>Whether events of the key wait.</summary>
    public bool Contains(string key)
    {
        if (!_hasKeys)
            return false;

        lock (_lock)
            return _keys.Contains(key) && !_emptied.Contains(key);
    }

    /// <summary>The row that the consumer has to replay, if it is the one at this place.</summary>
    public ParkedRow? ReplayOf(Consumer consumer, long place)
    {
        lock (_lock)
            return _replaying is { } replaying && replaying.Consumer == consumer && replaying.Row.Place == place ? replaying.Row : null;
    }

    /// <summary>Parks an event in flight with the next step.</summary>
    public void Request(ParkRequest request)
    {
        lock (_lock)
        {
            if (!tenure.Over.IsCancellationRequested)
                _requests.Enqueue(request);
            else if (_closedBecause is not null)
                request.TrySetException(_closedBecause);
            else
                request.TrySetCanceled(tenure.Over);
        }
    }

    /// <summary>The event that was replayed last was handled, or failed with an error.</summary>
    /// <param name="row">Its row.</param>
    /// <param name="error">The error.</param>
    /// <param name="isRemoved">Whether the row is removed already, in the transaction of its effects.</param>
    public void Replayed(ParkedRow row, string? error, bool isRemoved)
    {
        lock (_lock)
            _replayed = (row, error, isRemoved);
    }

    /// <summary>The consumer is gone, and won't tell what became of its replay.</summary>
    public void Left(Consumer consumer)
    {
        lock (_lock)
        {
            if (_replaying?.Consumer == consumer && _replayed is null)
                _replaying = null;
        }
    }

    /// <summary>Does one thing, if there is one to do.</summary>
    public async ValueTask<bool> StepAsync(Lease lease, CancellationToken ct)
    {
        if (NextRequest() is { } request)
        {
            await ParkAsync(lease, request, ct).ConfigureAwait(false);
            return true;
        }

        if (Answer() is { } answer)
        {
            await FinishReplayAsync(lease, answer.Row, answer.Error, answer.IsRemoved, ct).ConfigureAwait(false);
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
            var replays = lease.Replays;
            await SeeKeysAsync(lease, ct).ConfigureAwait(false);
            (_replaysSeen, _isReplaying) = (replays, true);
            return true;
        }

        if (!_isReplaying || IsReplayOnItsWay() || tenure.IsClosing)
            return false;

        if (await _rows.NextReplayAsync(lease, ct).ConfigureAwait(false) is not { } row)
        {
            _isReplaying = false;
            return true;
        }

        return await ReplayAsync(lease, row, ct).ConfigureAwait(false);
    }

    /// <summary>Parks events behind those of their key.</summary>
    public async Task ParkBehindAsync(Lease lease, IReadOnlyList<DeliveryItem> items, CancellationToken ct)
    {
        // The machine names them once: they are kept until they are written.
        _behind = items;
        await _rows.ParkAsync(lease, [.. items.Select(item => Row(item, null, 0))], null, ct).ConfigureAwait(false);
        _behind = [];

        // Where nothing stands before them any more, they are to be replayed at once.
        _isReplaying = true;
        lock (_lock)
            _emptied.ExceptWith(items.Select(item => item.Key!));

        tenure.Dispatcher.Parked(items);
        parts.Meter.Parked(tenure.Name, items.Count);
    }

    /// <summary>Whoever waits is told that nothing is parked any more.</summary>
    public void Close(Exception? reason)
    {
        lock (_lock)
        {
            _closedBecause ??= reason;
            foreach (var request in _requests)
                _ = reason is null ? request.TrySetCanceled(tenure.Over) : request.TrySetException(reason);

            _requests.Clear();
        }
    }

    private ParkedRow Row(DeliveryItem item, string? error, int attempts)
    {
        // A projection takes the last row of a key out by itself; what comes before that is known here is to be replayed with it.
        bool isReplayed;
        lock (_lock)
            isReplayed = _replaying?.Row.Key == item.Key;

        return new(item.Place, item.Key!, item.Event.EventId, item.Event.Position, error, attempts, isReplayed);
    }

    private ParkRequest? NextRequest()
    {
        lock (_lock)
            return _requests.TryPeek(out var request) ? request : null;
    }

    private (ParkedRow Row, string? Error, bool IsRemoved)? Answer()
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
            // Refused for what it is, so it would be refused again for ever: whoever asked decides.
            lock (_lock)
                _requests.TryDequeue(out _);

            request.TrySetException(new ParkingRefusedException(item.Event, exception));
            return;
        }

        _isReplaying |= request.Error is null;
        lock (_lock)
        {
            _requests.TryDequeue(out _);
            _keys.Add(item.Key!);
            _hasKeys = true;
            _emptied.Remove(item.Key!);
        }

        tenure.Dispatcher.Parked(request.Consumer, item.Place);
        parts.Meter.Parked(tenure.Name, 1);
        request.TrySetResult();
    }

    private async Task<bool> ReplayAsync(Lease lease, ParkedRow row, CancellationToken ct)
    {
        // Not by the subscription's filter: an event that it leaves out is not gone. Another event at the place is, of a stream that was removed.
        if (await source.FindAsync(row.Place, ct).ConfigureAwait(false) is not { } @event || @event.EventId != row.EventId)
        {
            LogGone(parts.Logger, row.Place, tenure.Name);
            await FinishReplayAsync(lease, row, null, isRemoved: false, ct).ConfigureAwait(false);
            return true;
        }

        if (tenure.Dispatcher.AnyConsumer is not { } consumer)
            return false;

        object? mapped = null;
        string? refusal;
        try
        {
            refusal = Refusal(@event);
            mapped = refusal is null ? subscription.Options.Mapper?.Invoke(@event) : null;
        }
        catch (Exception exception)
        {
            refusal = ErrorText.Describe(exception);
        }

        if (refusal is not null)
        {
            await FinishReplayAsync(lease, row, refusal, isRemoved: false, ct, isTried: false).ConfigureAwait(false);
            return true;
        }

        // Known before it is sent: the answer may come at once.
        lock (_lock)
            _replaying = (consumer, row);

        consumer.Offer(new(tenure, consumer, [new(@event, row.Key, mapped)], row));
        if (!tenure.Dispatcher.Has(consumer))
            Left(consumer);

        return true;
    }

    /// <summary>Why the subscription as it is now would not be given an event that it has parked; null when it would.</summary>
    private string? Refusal(RecordedEvent @event)
    {
        var obstacle = subscription.Coverage is { } coverage
            ? coverage.Obstacle(@event)
            : subscription.Filter.EventTypes?.Contains(@event.EventType) is false ? "the subscription's filter leaves its type out" : null;
        if (obstacle is not null)
        {
            return $"The replay of an event of type '{@event.EventType}' was refused: {obstacle}. It stays parked: replay it with code that takes it, " +
                $"or discard it (event {@event.EventId}).";
        }

        return subscription.Filter.Accepts(@event) && subscription.Options.Selector?.Invoke(@event) is not false
            ? null
            : "The subscription's filter or selector leaves the event out by now. It stays parked: replay it with a filter and selector that take it, " +
                $"or discard it (event {@event.EventId}).";
    }

    private async Task FinishReplayAsync(Lease lease, ParkedRow row, string? error, bool isRemoved, CancellationToken ct, bool isTried = true)
    {
        if (error is not null)
        {
            // Told when it is written: who asks for a replay because of it is not taken for the one who asked before.
            await _rows.ReplayFailedAsync(lease, row, error, isTried, ct).ConfigureAwait(false);
            LogReplayFailed(parts.Logger, tenure.Name, row.Position, row.Key, error);
        }

        // Of the one key: those of all the others may be many.
        var isEmptied = error is null && (isRemoved
            ? !await _rows.HasKeyAsync(lease, row.Key, ct).ConfigureAwait(false)
            : await _rows.ReplayedAsync(lease, row, ct).ConfigureAwait(false));
        lock (_lock)
        {
            (_replayed, _replaying) = (null, null);
            if (isEmptied)
                _emptied.Add(row.Key);
        }

        Free();
    }

    /// <summary>The keys that have no rows any more are to flow again.</summary>
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

    /// <summary>Lets the emptied keys flow, except for those that have an event on its way into the table, or in flight and perhaps to fail.</summary>
    private void Free()
    {
        string[] emptied;
        lock (_lock)
            emptied = [.. _emptied];

        foreach (var key in emptied)
        {
            var isFree = false;
            tenure.Dispatcher.Change((machine, _) => isFree = machine.TryUnpark(key));
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

    [LoggerMessage(LogLevel.Warning, "The parked event at {Place} of subscription '{Name}' exists no longer; it is taken off the parked ones")]
    private static partial void LogGone(ILogger logger, long place, SubscriptionName name);

    [LoggerMessage(LogLevel.Error, "Subscription '{Name}' failed again on the parked event at position {Position} of '{Key}'; it stays parked: {Error}")]
    private static partial void LogReplayFailed(ILogger logger, SubscriptionName name, long position, string key, string error);
}
