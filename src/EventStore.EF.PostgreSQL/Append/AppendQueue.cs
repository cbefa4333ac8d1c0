using Npgsql;

namespace EventStore.EF.PostgreSQL;

/// <summary>
/// The appends of this process to single streams, without a time of their own. While one is on its way, those that come are gathered
/// and then sent together, with one flush for all; nobody waits for company. An append whose stream somebody else holds goes to the
/// <see cref="LockQueue"/>, and only those to the same stream wait behind it.
/// </summary>
/// <remarks><code>
///   nothing on its way, or large ──▶ at once, by the plain statement ──▶ written, or refused
///                                        │ locked
///                                        ▼
///                                   queue for locks ──▶ written, or refused
///                                        ▲
///                                        │ locked
///   otherwise ──▶ waiting ──▶ group ─────┴──▶ written, or refused
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
    private readonly Func<AppendPlan, LockWait, CancellationToken, Task<AppendResult?>> _appendApart;
    private readonly LockQueue _locks;
    private readonly Lock _lock = new();
    private readonly AppendBacklog _backlog;
    private readonly List<AppendFlight> _flights = [];
    private readonly Stack<AppendLane> _idle = new();
    private readonly ITimer _starter;
    private readonly ITimer _closer;
    private int _apart;
    private bool _isStarterSet;
    private bool _isCloserSet;
    private bool _isDisposed;

    /// <param name="newLane">Makes a connection that is kept; it is opened when it is first used.</param>
    /// <param name="appendApart">The plain append on a connection of its own, which waits for locks as long as it is told.</param>
    /// <param name="locks">Where appends wait for locks.</param>
    /// <param name="groupBytes">The most bytes that are sent together, which one append alone may exceed.</param>
    public AppendQueue(
        Func<AppendLane> newLane, Func<AppendPlan, LockWait, CancellationToken, Task<AppendResult?>> appendApart, LockQueue locks, long groupBytes)
    {
        _backlog = new(groupBytes);
        _newLane = newLane;
        _appendApart = appendApart;
        _locks = locks;

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
        var isLocked = false;
        try
        {
            return await flight.Lane.AppendAsync(plan, ct).ConfigureAwait(false) is { } result ? [result] : null;
        }
        catch (PostgresException exception) when (PostgreSqlErrors.IsRefusedWrite(exception))
        {
            return null;
        }
        catch (PostgresException exception) when (exception.SqlState is PostgresErrorCodes.LockNotAvailable)
        {
            isLocked = true;
            CountApart(1);
        }
        finally
        {
            // The stream stays busy while its append waits for the lock.
            if (Land(flight, isLocked ? [] : [plan.Stream]) is { } next)
                _ = Apart.RunAsync(() => FlyAsync(next.Flight, next.Group));
        }

        try
        {
            return await Apart.RunAsync(() => AppendApartAsync(plan, flight.StartedAt, isLocked, ct)).ConfigureAwait(false);
        }
        finally
        {
            EndApart(plan.Stream);
        }
    }

    /// <summary>Sends groups until nothing waits that this lane may send.</summary>
    private async Task FlyAsync(AppendFlight flight, AppendGroup group)
    {
        while (true)
        {
            var leftOut = new List<LeftOutSlot>();
            await WriteAsync(flight.Lane, group.Slots, leftOut).ConfigureAwait(false);
            Settle(leftOut, flight.StartedAt);

            // The callers just answered go on first: if they append again, they come along.
            await Task.Yield();
            var streams = group.Slots.Except(leftOut.Select(left => left.Slot)).Select(slot => slot.Stream);
            if (Land(flight, streams) is not var (nextFlight, nextGroup))
                return;

            (flight, group) = (nextFlight, nextGroup);
        }
    }

    /// <summary>
    /// Writes slots together. Where one fails all of them (an id that exists already), halves are tried, down to the one, so that its
    /// neighbours pay for a few statements and no more.
    /// </summary>
    private static async Task WriteAsync(AppendLane lane, IReadOnlyCollection<AppendSlot> slots, List<LeftOutSlot> leftOut)
    {
        try
        {
            leftOut.AddRange(await lane.AppendAsync(slots).ConfigureAwait(false));
        }
        catch (PostgresException exception) when (PostgreSqlErrors.IsAboutData(exception))
        {
            if (slots.Count == 1)
            {
                leftOut.AddRange(slots.Select(slot => new LeftOutSlot(slot, LeftOutReason.Failed)));
                return;
            }

            foreach (var half in slots.Chunk((slots.Count + 1) / 2))
                await WriteAsync(lane, half, leftOut).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            foreach (var slot in slots)
                slot.Fail(exception);
        }
    }

    /// <summary>
    /// Answers what a group has refused, and appends apart what was locked or failed. The first append of a slot decides; the others wait
    /// behind their stream meanwhile, where they can be cancelled.
    /// </summary>
    private void Settle(List<LeftOutSlot> leftOut, long began)
    {
        if (leftOut.Count == 0)
            return;

        CountApart(leftOut.Count);
        foreach (var (slot, reason) in leftOut)
        {
            var others = slot.Writes.Skip(1).ToArray();
            foreach (var other in others)
                other.PutBack();

            lock (_lock)
                _backlog.PutBehind(slot.Stream, others);

            if (reason is LeftOutReason.Refused)
            {
                slot.Writes[0].TrySetResult(null);
                EndApart(slot.Stream);
            }
            else
            {
                _ = AppendApartAsync(slot, began, reason is LeftOutReason.Locked);
            }
        }
    }

    private async Task AppendApartAsync(AppendSlot slot, long began, bool isLocked)
    {
        var write = slot.Writes[0];
        try
        {
            write.TrySetResult(await AppendApartAsync((AppendPlan)write.Plans[0], began, isLocked, write.Cancellation).ConfigureAwait(false));
        }
        catch (OperationCanceledException) when (write.Cancellation.IsCancellationRequested)
        {
            write.TrySetCanceled(write.Cancellation);
        }
        catch (Exception exception)
        {
            write.TrySetException(exception);
        }

        EndApart(slot.Stream);
    }

    /// <summary>Appends on another connection, and waits for locks.</summary>
    private async Task<AppendResult[]?> AppendApartAsync(AppendPlan plan, long began, bool isLocked, CancellationToken ct)
    {
        Task<AppendResult?> Write(LockWait wait, CancellationToken token) => _appendApart(plan, wait, token);

        var result = isLocked
            ? await _locks.WaitAsync(Write, [plan.Stream], began, ct).ConfigureAwait(false)
            : await _locks.RunAsync(Write, [plan.Stream], ct).ConfigureAwait(false);
        return result is { } written ? [written] : null;
    }

    private void CountApart(int count)
    {
        lock (_lock)
            _apart += count;
    }

    private void EndApart(StreamName stream)
    {
        lock (_lock)
        {
            _apart--;
            _backlog.Free(stream);
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
