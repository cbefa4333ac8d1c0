using System.Diagnostics;
using EventStore.EF.Append;
using EventStore.EF.PostgreSQL.Connections;
using EventStore.EF.Storage;
using EventStore.EF.Telemetry;
using EventStore.EF.Threading;
using Npgsql;

namespace EventStore.EF.PostgreSQL.Append;

/// <summary>
/// Queues this process's appends to single streams that leave the time to the server. While a statement is in flight, new appends are
/// collected and then sent together, with one flush for all; no append waits for others to join it. An append whose stream is locked by
/// another transaction goes to the <see cref="LockQueue"/>, and only appends to the same stream wait behind it.
/// </summary>
/// <remarks><code>
///   nothing in flight, or large ──▶ sent immediately, by itself ──▶ written, or refused
///                                        │ locked
///                                        ▼
///                                   LockQueue ──▶ written, or refused
///                                        ▲
///                                        │ locked
///   otherwise ──▶ waiting ──▶ group ─────┴──▶ written, or refused
/// </code></remarks>
internal sealed class AppendQueue : IAsyncDisposable
{
    /// <summary>
    /// An append with this many events keeps the server busy rather than the disk. Grouping it with others gains nothing and delays them,
    /// so it is sent immediately, beside other large ones.
    /// </summary>
    private const int LargeAppend = 32;

    /// <summary>The most large appends in flight at a time; further ones wait with the small ones.</summary>
    private const int MaxLargeFlights = 8;

    /// <summary>
    /// A statement that takes this long must be waiting for a lock, and others no longer wait for it. Until then only one is in flight: two
    /// of half the size used half as much CPU again for hardly more appends a second; with few callers, and with a slow disk, they were
    /// slower.
    /// </summary>
    private static readonly TimeSpan HeldUpAfter = TimeSpan.FromMilliseconds(20);

    /// <summary>The time for which a connection without appends stays open.</summary>
    private static readonly TimeSpan KeepOpen = TimeSpan.FromSeconds(1);

    private readonly Func<AppendConnection> _newConnection;
    private readonly Func<AppendPlan, LockWait, CancellationToken, Task<AppendResult?>> _appendApart;
    private readonly LockQueue _locks;
    private readonly OperationMeter _meter;
    private readonly Lock _lock = new();
    private readonly AppendBacklog _backlog;
    private readonly List<InFlightGroup> _flights = [];
    private readonly Stack<AppendConnection> _idle = new();
    private readonly ITimer _starter;
    private readonly ITimer _closer;
    private int _apart;
    private bool _isStarterSet;
    private bool _isCloserSet;
    private bool _isDisposed;

    /// <param name="newConnection">Creates a connection to keep, which opens on first use.</param>
    /// <param name="appendApart">Appends on a separate connection, and waits for locks as long as it is told.</param>
    /// <param name="locks">The queue of appends that wait for locks.</param>
    /// <param name="meter">Measures the groups.</param>
    /// <param name="groupBytes">The maximum size of a group, in bytes. A single append may exceed it.</param>
    public AppendQueue(
        Func<AppendConnection> newConnection,
        Func<AppendPlan, LockWait, CancellationToken, Task<AppendResult?>> appendApart,
        LockQueue locks,
        OperationMeter meter,
        long groupBytes)
    {
        _backlog = new(groupBytes);
        _newConnection = newConnection;
        _appendApart = appendApart;
        _locks = locks;
        _meter = meter;

        // The system's clock on purpose: a server doesn't follow a test's clock.
        _starter = DetachedTask.CreateTimer(TimeProvider.System, _ => StartWaiting());
        _closer = DetachedTask.CreateTimer(TimeProvider.System, _ => _ = CloseUnusedAsync());
    }

    /// <summary>Appends; <see langword="null"/> if the append was refused and nothing was written.</summary>
    public Task<AppendResult[]?> AppendAsync(IReadOnlyList<StreamPlan> plans, CancellationToken ct)
    {
        var plan = (AppendPlan)plans[0];
        InFlightGroup? flight = null;
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
        AppendConnection[] idle;
        lock (_lock)
        {
            _isDisposed = true;
            _backlog.Fail(new ObjectDisposedException(nameof(IEventStore)));
            idle = [.. _idle];
            _idle.Clear();
        }

        await _starter.DisposeAsync().ConfigureAwait(false);
        await _closer.DisposeAsync().ConfigureAwait(false);
        foreach (var connection in idle)
            await connection.CloseAsync().ConfigureAwait(false);
    }

    private async Task<AppendResult[]?> AppendAtOnceAsync(InFlightGroup flight, AppendPlan plan, CancellationToken ct)
    {
        AppendResult? result = null;
        var (isLocked, goesApart) = (false, false);
        try
        {
            try
            {
                _meter.Grouped(1);
                result = await flight.Connection.AppendAsync(plan, ct).ConfigureAwait(false);
            }
            catch (PostgresException exception) when (PostgreSqlErrors.IsRefusedWrite(exception))
            {
            }
            catch (PostgresException exception) when (exception.SqlState is PostgresErrorCodes.LockNotAvailable)
            {
                isLocked = true;
            }

            goesApart = isLocked || (result is null && IsWorthAnother(plan));
            if (goesApart)
                CountApart(1);
        }
        finally
        {
            // The stream stays busy while its append waits for the lock.
            if (Land(flight, goesApart ? [] : [plan.Stream]) is { } next)
                _ = DetachedTask.RunAsync(() => FlyAsync(next.Flight, next.Group));
        }

        if (!goesApart)
            return result is { } written ? [written] : null;

        try
        {
            return await DetachedTask.RunAsync(() => AppendApartAsync(plan, flight.StartedAt, isLocked, ct)).ConfigureAwait(false);
        }
        finally
        {
            EndApart(plan.Stream);
        }
    }

    /// <summary>Sends groups until there is none left that this connection may send.</summary>
    private async Task FlyAsync(InFlightGroup flight, AppendGroup group)
    {
        while (true)
        {
            var leftOut = new List<LeftOutSlot>();
            await (Tracing.IsListenedTo
                ? WriteInSpanAsync(flight.Connection, group.Slots, leftOut)
                : WriteAsync(flight.Connection, group.Slots, leftOut, null)).ConfigureAwait(false);
            Settle(leftOut, flight.StartedAt);

            // Lets the callers just answered continue first: if they append again, they join the next group.
            await Task.Yield();
            var streams = group.Slots.Except(leftOut.Select(left => left.Slot)).Select(slot => slot.Stream);
            if (Land(flight, streams) is not var (nextFlight, nextGroup))
                return;

            (flight, group) = (nextFlight, nextGroup);
        }
    }

    private async Task WriteInSpanAsync(
        AppendConnection connection, IReadOnlyCollection<StreamBatch> slots, List<LeftOutSlot> leftOut)
    {
        Activity?[] appends = [.. slots.SelectMany(slot => slot.Writes).Select(write => write.Span)];
        using var span = GroupSpan.Start(appends);
        await WriteAsync(connection, slots, leftOut, span).ConfigureAwait(false);
        GroupSpan.LeaveOut(span, leftOut.Sum(left => left.Slot.Writes.Count));
    }

    /// <summary>
    /// Writes slots together. If one fails them all (an id that already exists), tries halves, down to the one at fault, so that it costs
    /// its neighbours only a few statements.
    /// </summary>
    private async Task WriteAsync(
        AppendConnection connection, IReadOnlyCollection<StreamBatch> slots, List<LeftOutSlot> leftOut, Activity? span)
    {
        try
        {
            if (_meter.MeasuresGroups)
                _meter.Grouped(slots.Sum(slot => slot.Writes.Count));

            leftOut.AddRange(await connection.AppendAsync(slots).ConfigureAwait(false));
        }
        catch (PostgresException exception) when (PostgreSqlErrors.IsAboutData(exception))
        {
            if (slots.Count == 1)
            {
                leftOut.AddRange(slots.Select(slot => new LeftOutSlot(slot, LeftOutReason.Failed)));
                return;
            }

            foreach (var half in slots.Chunk((slots.Count + 1) / 2))
                await WriteAsync(connection, half, leftOut, span).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            GroupSpan.Fail(span, exception);
            foreach (var slot in slots)
                slot.Fail(exception);
        }
    }

    /// <summary>
    /// Answers the callers of refused slots, and appends those that were locked or failed on separate connections. The first append of a
    /// slot decides; the others wait behind their stream, where they can still be cancelled.
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

            if (reason is LeftOutReason.Refused && !IsWorthAnother((AppendPlan)slot.Writes[0].Plans[0]))
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

    private async Task AppendApartAsync(StreamBatch slot, long began, bool isLocked)
    {
        var write = slot.Writes[0];
        try
        {
            var plan = (AppendPlan)write.Plans[0];
            write.TrySetResult(await AppendApartAsync(plan, began, isLocked, write.Cancellation).ConfigureAwait(false));
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

    /// <summary>Appends on a separate connection, and waits for locks.</summary>
    private async Task<AppendResult[]?> AppendApartAsync(AppendPlan plan, long began, bool isLocked, CancellationToken ct)
    {
        Task<AppendResult?> Write(LockWait wait, CancellationToken token) => _appendApart(plan, wait, token);

        var result = isLocked
            ? await _locks.WaitAsync(Write, [plan.Stream], began, ct).ConfigureAwait(false)
            : await _locks.RunAsync(Write, [plan.Stream], ct).ConfigureAwait(false);
        if (result is null && IsWorthAnother(plan))
            result = await _locks.RunAsync(Write, [plan.Stream], ct).ConfigureAwait(false);

        return result is { } written ? [written] : null;
    }

    /// <summary>
    /// Whether an append that was refused is tried again before those behind it. If it expects nothing, its stream was
    /// probably created while it waited; asking why it was refused would take it to the end of the queue.
    /// </summary>
    private static bool IsWorthAnother(AppendPlan plan) => plan.Expected == ExpectedVersion.Any;

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

    /// <summary>Ends a flight. Returns the next flight of its connection with its group, or null if the connection becomes idle.</summary>
    private (InFlightGroup Flight, AppendGroup Group)? Land(InFlightGroup flight, IEnumerable<StreamName> streams)
    {
        lock (_lock)
        {
            _flights.Remove(flight);
            foreach (var stream in streams)
                _backlog.Free(stream);

            Rest(flight.Connection);
            return StartGroup();
        }
    }

    /// <summary>Starts a group if one may start, and looks again later if appends are left.</summary>
    private void StartWaiting()
    {
        (InFlightGroup Flight, AppendGroup Group)? next;
        lock (_lock)
        {
            _isStarterSet = false;
            foreach (var flight in _flights)
                flight.IsHeldUp = flight.Elapsed >= HeldUpAfter;

            next = StartGroup();
        }

        if (next is { } started)
            _ = DetachedTask.RunAsync(() => FlyAsync(started.Flight, started.Group));
    }

    private (InFlightGroup Flight, AppendGroup Group)? StartGroup()
    {
        if (_isDisposed)
            _backlog.Fail(new ObjectDisposedException(nameof(IEventStore)));

        var group = MayStart() ? _backlog.Take() : null;
        SetStarter();
        return group is null ? null : (Start(isLarge: false), group);
    }

    private static bool IsLarge(AppendPlan plan) => plan.Events.Count >= LargeAppend;

    /// <summary>Whether an append may be sent immediately, by itself.</summary>
    private bool MayStart(AppendPlan plan)
        => !_backlog.IsBusy(plan.Stream)
        && (IsLarge(plan)
            ? _flights.Count(flight => flight.IsLarge && !flight.IsHeldUp) < MaxLargeFlights
            : _backlog.IsEmpty && MayStart());

    /// <summary>Whether a group may be sent.</summary>
    private bool MayStart() => _flights.TrueForAll(flight => flight.IsHeldUp || flight.IsLarge);

    private InFlightGroup Start(bool isLarge)
    {
        if (!_idle.TryPop(out var connection))
            connection = _newConnection();

        connection.WasUsed = true;
        var flight = new InFlightGroup(connection, isLarge);
        _flights.Add(flight);
        return flight;
    }

    private void Rest(AppendConnection connection)
    {
        if (_isDisposed)
        {
            _ = connection.CloseAsync().AsTask();
            return;
        }

        _idle.Push(connection);
        if (!_isCloserSet)
            _isCloserSet = _closer.Change(KeepOpen, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Makes sure that waiting appends are looked at again soon, even if no flight ends by then.</summary>
    private void SetStarter()
    {
        if (!_isStarterSet && !_backlog.IsEmpty && !_isDisposed)
            _isStarterSet = _starter.Change(HeldUpAfter, Timeout.InfiniteTimeSpan);
    }

    private async Task CloseUnusedAsync()
    {
        List<AppendConnection> unused = [];
        lock (_lock)
        {
            // While an append waits for a lock, and may hold the pool's last connection, one is kept open for the others.
            var isKept = _apart > 0 || _flights.Count > 0;
            var used = new List<AppendConnection>();
            foreach (var connection in _idle)
                (connection.WasUsed || (isKept && used.Count == 0) ? used : unused).Add(connection);

            _idle.Clear();
            used.Reverse();
            foreach (var connection in used)
            {
                connection.WasUsed = false;
                _idle.Push(connection);
            }

            _isCloserSet = !_isDisposed && used.Count > 0 && _closer.Change(KeepOpen, Timeout.InfiniteTimeSpan);
        }

        foreach (var connection in unused)
            await connection.CloseAsync().ConfigureAwait(false);
    }
}
