using Microsoft.Extensions.Logging;

namespace EventStore.EF;

/// <summary>
/// The parked events of one part of a subscription: puts failed ones and those behind them into their table, and takes them out again to
/// replay them, in order, one at a time. While a key has rows its new events go behind them.
/// </summary>
/// <remarks>All writing is done by the tenure's loop, so no event slips in between the last replay of a key and its release.</remarks>
internal sealed partial class Parking(Tenure tenure, IReadOnlyList<string> parkedKeys, Leases leases, ISubscriptionSource source, ILogger logger)
{
    private readonly Lock _lock = new();
    private readonly HashSet<string> _keys = new(parkedKeys, StringComparer.Ordinal);
    private readonly Queue<ParkRequest> _requests = new();
    private long? _replaysSeen;
    private bool _isReplaying;
    private Consumer? _replayer;
    private (ParkedRow Row, string? Error, bool IsRemoved)? _replayed;

    /// <summary>Whether events of the key wait.</summary>
    public bool Contains(string key)
    {
        lock (_lock)
            return _keys.Contains(key);
    }

    /// <summary>Parks an event in flight with the next step.</summary>
    public void Request(ParkRequest request)
    {
        lock (_lock)
        {
            if (tenure.Over.IsCancellationRequested)
                request.TrySetCanceled(tenure.Over);
            else
                _requests.Enqueue(request);
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
            if (_replayer == consumer && _replayed is null)
                _replayer = null;
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

        if (_replaysSeen != lease.Replays)
        {
            var replays = lease.Replays;
            await SeeKeysAsync(lease, ct).ConfigureAwait(false);
            (_replaysSeen, _isReplaying) = (replays, true);
            return true;
        }

        if (!_isReplaying || IsReplayOnItsWay() || lease.IsPaused || lease.IsRequested)
            return false;

        if (await leases.NextReplayAsync(lease, ct).ConfigureAwait(false) is not { } row)
        {
            _isReplaying = false;
            return true;
        }

        return await ReplayAsync(lease, row, ct).ConfigureAwait(false);
    }

    /// <summary>Parks events behind those of their key.</summary>
    public async Task ParkBehindAsync(Lease lease, IReadOnlyList<DeliveryItem> items, CancellationToken ct)
    {
        await leases.ParkAsync(lease, [.. items.Select(item => ParkedRow.Of(item, ParkedRow.Behind, 0))], null, ct).ConfigureAwait(false);
        tenure.Change(machine => machine.Parked(items, tenure.Now()));
        Telemetry.Parked(lease.Name, items.Count);
    }

    /// <summary>Whoever waits is told that nothing is parked any more.</summary>
    public void Close(Exception? reason)
    {
        lock (_lock)
        {
            foreach (var request in _requests)
                _ = reason is null ? request.TrySetCanceled(tenure.Over) : request.TrySetException(reason);

            _requests.Clear();
        }
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
            return _replayer is not null;
    }

    private async Task ParkAsync(Lease lease, ParkRequest request, CancellationToken ct)
    {
        var item = request.Item;
        await leases.ParkAsync(lease, [ParkedRow.Of(item, request.Error, request.Attempts)], null, ct).ConfigureAwait(false);
        lock (_lock)
        {
            _requests.TryDequeue(out _);
            _keys.Add(item.Key!);
        }

        tenure.Parked(request.Consumer, item.Place);
        Telemetry.Parked(lease.Name, 1);
        request.TrySetResult();
    }

    private async Task<bool> ReplayAsync(Lease lease, ParkedRow row, CancellationToken ct)
    {
        var page = await source.ReadAsync(row.Place, 1, ct).ConfigureAwait(false);
        if (page.Events is not [var @event] || @event.Number != row.Place)
        {
            LogGone(logger, row.Place, lease.Name);
            await FinishReplayAsync(lease, row, null, isRemoved: false, ct).ConfigureAwait(false);
            return true;
        }

        var consumer = tenure.SendReplay(new(@event, row.Key, null), row);
        lock (_lock)
            _replayer = consumer;

        return consumer is not null;
    }

    private async Task FinishReplayAsync(Lease lease, ParkedRow row, string? error, bool isRemoved, CancellationToken ct)
    {
        if (error is not null)
            await leases.ReplayFailedAsync(lease, row, error, ct).ConfigureAwait(false);
        else if (!isRemoved)
            await leases.ReplayedAsync(lease, row, ct).ConfigureAwait(false);

        lock (_lock)
            (_replayed, _replayer) = (null, null);

        if (error is null)
            await SeeKeysAsync(lease, ct).ConfigureAwait(false);
    }

    /// <summary>The keys that have no rows any more flow again.</summary>
    private async Task SeeKeysAsync(Lease lease, CancellationToken ct)
    {
        var waiting = (await leases.ParkedKeysAsync(lease, ct).ConfigureAwait(false)).ToHashSet(StringComparer.Ordinal);
        string[] free;
        lock (_lock)
            free = [.. _keys.Where(key => !waiting.Contains(key))];

        foreach (var key in free)
        {
            var isFree = false;
            tenure.Change(machine => isFree = machine.TryUnpark(key));
            if (!isFree)
                continue;

            lock (_lock)
                _keys.Remove(key);
        }
    }

    [LoggerMessage(LogLevel.Warning, "The parked event at {Place} of subscription '{Name}' exists no longer; it is taken off the parked ones")]
    private static partial void LogGone(ILogger logger, long place, SubscriptionName name);
}
