using Npgsql;

namespace EventStore.EF.PostgreSQL;

/// <summary>
/// The appends of this process to single streams, without a time of their own. While one is on its way, those that come are gathered
/// and then sent together, with one flush for all; nobody waits for company. A group is left by whoever it can't serve at once: such an
/// append goes apart, on a connection of its own, and only those to the same stream wait behind it.
/// </summary>
/// <remarks><code>
///   nothing on its way, or large ──▶ at once, by the plain statement
///   otherwise ──▶ waiting ──▶ group ──▶ written
///                               │ left out: locked, or not as expected
///                               └──▶ apart, by the plain statement, which waits for locks and tells conflicts
/// </code></remarks>
internal sealed class AppendQueue : IAsyncDisposable
{
    /// <summary>
    /// An append of so many events keeps the server busy rather than the disk. Gathered with others it gains nothing, and holds them up;
    /// so it goes at once, beside others of its kind.
    /// </summary>
    private const int LargeAppend = 32;

    /// <summary>The most large appends beside each other; further ones wait with the small ones.</summary>
    private const int MaxLargeFlights = 8;

    /// <summary>
    /// After so long a statement must be waiting for somebody's lock, and others no longer wait for it. Until then one is on its way at a
    /// time: two of half the size took half as much CPU again, for hardly more of them a second; with few callers, and with a slow disk,
    /// they were slower.
    /// </summary>
    private static readonly TimeSpan HeldUpAfter = TimeSpan.FromMilliseconds(20);

    /// <summary>How long a connection is kept without an append.</summary>
    private static readonly TimeSpan KeepOpen = TimeSpan.FromSeconds(1);

    private readonly Func<AppendLane> _newLane;
    private readonly Func<AppendPlan, CancellationToken, Task<AppendResult?>> _appendApart;
    private readonly Lock _lock = new();
    private readonly AppendBacklog _backlog = new();
    private readonly List<AppendFlight> _flights = [];
    private readonly Stack<AppendLane> _idle = new();
    private readonly ITimer _starter;
    private readonly ITimer _closer;
    private int _apart;
    private bool _isStarterSet;
    private bool _isCloserSet;
    private bool _isDisposed;

    /// <param name="newLane">Makes a connection that is kept; it is opened when it is first used.</param>
    /// <param name="appendApart">The plain append on a connection of its own, which waits for whatever lock is in its way.</param>
    public AppendQueue(Func<AppendLane> newLane, Func<AppendPlan, CancellationToken, Task<AppendResult?>> appendApart)
    {
        _newLane = newLane;
        _appendApart = appendApart;

        // The system's clock on purpose: a server doesn't wait for a clock made by a test.
        _starter = Apart.CreateTimer(TimeProvider.System, _ => StartWaiting());
        _closer = Apart.CreateTimer(TimeProvider.System, _ => _ = CloseUnusedAsync());
    }

    /// <summary><see langword="null"/> when it was refused; nothing was written then.</summary>
    public Task<AppendResult[]?> AppendAsync(IReadOnlyList<StreamPlan> plans, CancellationToken ct)
    {
        var plan = (AppendPlan)plans[0];
        AppendFlight? flight = null;
        PendingWrite? waiting = null;
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            if (MayStart(plan))
            {
                _backlog.Occupy(plan.Stream);
                flight = Start(IsLarge(plan));
            }
            else
            {
                _backlog.Add(waiting = new(plans, ct));
                SetStarter();
            }
        }

        return waiting?.Task ?? AppendAtOnceAsync(flight!, plan, ct);
    }

    public async ValueTask DisposeAsync()
    {
        AppendLane[] idle;
        lock (_lock)
        {
            _isDisposed = true;
            _backlog.Fail(new ObjectDisposedException(nameof(IEventStore)));
            idle = [.. _idle];
            _idle.Clear();
        }

        await _starter.DisposeAsync().ConfigureAwait(false);
        await _closer.DisposeAsync().ConfigureAwait(false);
        foreach (var lane in idle)
            await lane.CloseAsync().ConfigureAwait(false);
    }

    private async Task<AppendResult[]?> AppendAtOnceAsync(AppendFlight flight, AppendPlan plan, CancellationToken ct)
    {
        try
        {
            return await flight.Lane.AppendAsync(plan, ct).ConfigureAwait(false) is { } result ? [result] : null;
        }
        catch (PostgresException exception) when (PostgreSqlErrors.IsRefusedWrite(exception))
        {
            return null;
        }
        finally
        {
            if (Land(flight, [plan.Stream]) is { } next)
                _ = Apart.RunAsync(() => FlyAsync(next.Flight, next.Group));
        }
    }

    /// <summary>Sends groups until nothing waits that this lane may send.</summary>
    private async Task FlyAsync(AppendFlight flight, AppendGroup group)
    {
        while (true)
        {
            var apart = new List<AppendSlot>();
            await WriteAsync(flight.Lane, group.Slots, apart).ConfigureAwait(false);
            SendApart(apart);

            // The callers just answered go on first: if they append again, they come along.
            await Task.Yield();
            var streams = group.Slots.Except(apart).Select(slot => slot.Stream);
            if (Land(flight, streams) is not var (nextFlight, nextGroup))
                return;

            (flight, group) = (nextFlight, nextGroup);
        }
    }

    /// <summary>
    /// Writes slots together. Where one spoils it for all (an id that stands already, somebody's lock), halves are tried, down to the one,
    /// so that its neighbours pay for a few statements and no more.
    /// </summary>
    private static async Task WriteAsync(AppendLane lane, IReadOnlyCollection<AppendSlot> slots, List<AppendSlot> apart)
    {
        try
        {
            apart.AddRange(await lane.AppendAsync(slots).ConfigureAwait(false));
        }
        catch (PostgresException exception) when (PostgreSqlErrors.IsAboutData(exception))
        {
            if (slots.Count == 1)
            {
                apart.AddRange(slots);
                return;
            }

            foreach (var half in slots.Chunk((slots.Count + 1) / 2))
                await WriteAsync(lane, half, apart).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            foreach (var slot in slots)
                slot.Fail(exception);
        }
    }

    private void SendApart(List<AppendSlot> slots)
    {
        lock (_lock)
            _apart += slots.Count;

        foreach (var slot in slots)
            _ = AppendApartAsync(slot);
    }

    /// <summary>Appends what a group left out; its first append decides for how long the stream's others wait.</summary>
    private async Task AppendApartAsync(AppendSlot slot)
    {
        var write = slot.Writes[0];
        try
        {
            write.TrySetResult(await _appendApart((AppendPlan)write.Plans[0], write.Cancellation).ConfigureAwait(false) is { } result ? [result] : null);
        }
        catch (OperationCanceledException) when (write.Cancellation.IsCancellationRequested)
        {
            write.TrySetCanceled(write.Cancellation);
        }
        catch (Exception exception)
        {
            write.TrySetException(exception);
        }

        var others = slot.Writes.Skip(1).ToArray();
        foreach (var other in others)
            other.PutBack();

        lock (_lock)
        {
            _apart--;
            _backlog.Free(slot.Stream, others);
        }

        StartWaiting();
    }

    /// <summary>Ends a flight. Returns the next one of its lane with its group, or null when the lane is to rest.</summary>
    private (AppendFlight Flight, AppendGroup Group)? Land(AppendFlight flight, IEnumerable<StreamName> streams)
    {
        lock (_lock)
        {
            _flights.Remove(flight);
            foreach (var stream in streams)
                _backlog.Free(stream);

            Rest(flight.Lane);
            return StartGroup();
        }
    }

    /// <summary>Starts a group if one may start; looks again later if something is left.</summary>
    private void StartWaiting()
    {
        (AppendFlight Flight, AppendGroup Group)? next;
        lock (_lock)
        {
            _isStarterSet = false;
            foreach (var flight in _flights)
                flight.IsHeldUp = flight.Elapsed >= HeldUpAfter;

            next = StartGroup();
        }

        if (next is { } started)
            _ = Apart.RunAsync(() => FlyAsync(started.Flight, started.Group));
    }

    private (AppendFlight Flight, AppendGroup Group)? StartGroup()
    {
        if (_isDisposed)
            _backlog.Fail(new ObjectDisposedException(nameof(IEventStore)));

        var group = MayStart() ? _backlog.Take() : null;
        SetStarter();
        return group is null ? null : (Start(isLarge: false), group);
    }

    private static bool IsLarge(AppendPlan plan) => plan.Events.Count >= LargeAppend;

    /// <summary>Whether an append may go at once, by itself.</summary>
    private bool MayStart(AppendPlan plan)
        => !_backlog.IsBusy(plan.Stream)
        && (IsLarge(plan) ? _flights.Count(flight => flight.IsLarge && !flight.IsHeldUp) < MaxLargeFlights : _backlog.IsEmpty && MayStart());

    /// <summary>Whether a group may go.</summary>
    private bool MayStart() => _flights.TrueForAll(flight => flight.IsHeldUp || flight.IsLarge);

    private AppendFlight Start(bool isLarge)
    {
        if (!_idle.TryPop(out var lane))
            lane = _newLane();

        lane.WasUsed = true;
        var flight = new AppendFlight(lane, isLarge);
        _flights.Add(flight);
        return flight;
    }

    private void Rest(AppendLane lane)
    {
        if (_isDisposed)
        {
            _ = lane.CloseAsync().AsTask();
            return;
        }

        _idle.Push(lane);
        if (!_isCloserSet)
            _isCloserSet = _closer.Change(KeepOpen, Timeout.InfiniteTimeSpan);
    }

    /// <summary>What waits is looked at again soon, should nothing have landed by then.</summary>
    private void SetStarter()
    {
        if (!_isStarterSet && !_backlog.IsEmpty && !_isDisposed)
            _isStarterSet = _starter.Change(HeldUpAfter, Timeout.InfiniteTimeSpan);
    }

    private async Task CloseUnusedAsync()
    {
        List<AppendLane> unused = [];
        lock (_lock)
        {
            // While somebody waits for a lock, and may have the pool's last connection, one is kept for the others.
            var isKept = _apart > 0 || _flights.Count > 0;
            var used = new List<AppendLane>();
            foreach (var lane in _idle)
                (lane.WasUsed || (isKept && used.Count == 0) ? used : unused).Add(lane);

            _idle.Clear();
            used.Reverse();
            foreach (var lane in used)
            {
                lane.WasUsed = false;
                _idle.Push(lane);
            }

            _isCloserSet = !_isDisposed && used.Count > 0 && _closer.Change(KeepOpen, Timeout.InfiniteTimeSpan);
        }

        foreach (var lane in unused)
            await lane.CloseAsync().ConfigureAwait(false);
    }
}
