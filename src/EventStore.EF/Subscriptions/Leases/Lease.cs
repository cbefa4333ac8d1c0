using System.Diagnostics.CodeAnalysis;
using EventStore.EF.Schema;
using EventStore.EF.Storage;
using EventStore.EF.Subscriptions.Definitions;
using EventStore.EF.Threading;

namespace EventStore.EF.Subscriptions.Leases;

/// <summary>
/// The right of this process to run a subscription's partition. The epoch fences: once another process has taken over, nothing can be
/// written under this lease.
/// </summary>
/// <remarks><code>
///            it expired                    another epoch, or no row
///    Held ──────────────────▶ in doubt ──────────────────────────────▶ Lost (for good)
///     ▲  ◀───────────────────────┘                                       ▲
///     │   renewed: nobody took it                                        │
///     └──────────────────────────────────────────────────────────────────┘
/// </code>
/// In doubt means that another process may have taken over, and this one cannot know yet: until it does, it hands out nothing. Thread-safe.
/// </remarks>
[SuppressMessage(
    "Design", "CA1001:Types that own disposable fields should be disposable",
    Justification = "A CancellationTokenSource without a timer holds nothing to dispose, and others may cancel it at any time")]
internal sealed class Lease
{
    private readonly Lock _lock = new();
    private readonly CancellationTokenSource _lost = new();
    private readonly TimeProvider _time;
    private readonly TimeSpan _duration;
    private readonly ITimer _timer;
    private volatile CancellationTokenSource _held = new();
    private TaskCompletionSource? _regained;
    private long _heldSince;
    private bool _isPaused;
    private bool _isRequested;
    private bool _isRedefined;
    private bool _readsEverything;
    private long _replays;
    private long _incarnation;
    private SubscriptionShape? _shape;

    /// <param name="row">The acquired row.</param>
    /// <param name="askedAt">
    /// The timestamp before the database was asked: by the database's clock, the lease was not granted earlier.
    /// </param>
    /// <param name="duration">How long the lease lasts without renewal.</param>
    /// <param name="time">The clock.</param>
    /// <param name="incarnation">The store's <see cref="IStorage.Incarnation"/> before the database was asked.</param>
    public Lease(AcquiredRow row, long askedAt, TimeSpan duration, TimeProvider time, long incarnation)
    {
        (Key, Id, Epoch, Position, StreamId, Partitions, _replays, var definition, Suspicion, Finished) = row;
        (Definition, Handles, FirstId) = (definition.Number, definition.Handles, definition.FirstId);
        _incarnation = incarnation;
        _heldSince = askedAt;
        _duration = duration;
        _time = time;
        Lost = _lost.Token;

        // Driven by the clock, because the heartbeat may be waiting for a database that doesn't answer.
        _timer = DetachedTask.CreateTimer(time, static lease => ((Lease)lease!).EndIfDue(), this);
        _timer.Change(Until(Remaining), Timeout.InfiniteTimeSpan);
    }

    /// <summary>
    /// Raised by the heartbeat when <see cref="IsPaused"/>, <see cref="Replays"/>, <see cref="IsRequested"/> or
    /// <see cref="IsRedefined"/> has changed.
    /// </summary>
    public event Action? Changed;

    /// <summary>The leased partition.</summary>
    public SubscriptionKey Key { get; }

    /// <summary>The id of the partition's row.</summary>
    public long Id { get; }

    /// <summary>The id of the row of the subscription's first partition.</summary>
    public long FirstId { get; }

    /// <summary>The epoch of this lease.</summary>
    public long Epoch { get; }

    /// <summary>The checkpoint when the partition was acquired.</summary>
    public long Position { get; }

    /// <summary>The id of the stream whose numbers are counted; null for all events, or until the stream has been seen.</summary>
    public long? StreamId { get; private set; }

    /// <summary>The events that were finished while the subscription had a different number of partitions.</summary>
    public FinishedBefore Finished { get; private set; }

    /// <summary>The subscription's number of partitions.</summary>
    public int Partitions { get; }

    /// <summary>The number of the definition under which the partition was acquired.</summary>
    public long Definition { get; }

    /// <summary>
    /// The definition that fences writes; null for an owner that reads every event and passes none, whatever the definition says.
    /// </summary>
    public long? DefinitionFence => _readsEverything ? null : Definition;

    /// <summary>The events that the subscription handles according to that definition; null if no handler class has run.</summary>
    public HandledTypes? Handles { get; }

    /// <summary>The record of events that may have ended the previous owner's process.</summary>
    public Suspicion Suspicion { get; }

    /// <summary>Cancelled when the partition was taken over, rewound or deleted: this lease never comes back.</summary>
    public CancellationToken Lost { get; }

    /// <summary>Why the lease is lost; null until then.</summary>
    public LeaseEnd? LostBecause { get; private set; }

    /// <summary>
    /// Cancelled as soon as the lease expires or is lost. If it is renewed after all, there is a new token:
    /// <see cref="WaitUntilHeldAsync"/>.
    /// </summary>
    public CancellationToken Held => _held.Token;

    /// <summary>Whether, by the local clock, no other process can have taken over yet.</summary>
    public bool IsHeld => !Lost.IsCancellationRequested && Remaining > TimeSpan.Zero;

    /// <summary>Whether the subscription is paused: the owner must finish, write its checkpoint and release the partition.</summary>
    public bool IsPaused => Volatile.Read(ref _isPaused);

    /// <summary>Whether another process asks for the partition: the owner must do the same.</summary>
    public bool IsRequested => Volatile.Read(ref _isRequested);

    /// <summary>
    /// Whether the definition is no longer the current one: the owner must release the partition and may acquire it again.
    /// </summary>
    public bool IsRedefined => Volatile.Read(ref _isRedefined);

    /// <summary>Whether the lease is lost without another process taking over: events in flight are delivered again.</summary>
    public bool IsReset => LostBecause is LeaseEnd.Rewound or LeaseEnd.Redefined;

    /// <summary>Counts the requests to replay or discard parked events: after each change, the owner looks at the parked events.</summary>
    public long Replays => Interlocked.Read(ref _replays);

    /// <summary>The incarnation of the store that is known to contain everything received under this lease.</summary>
    public long Incarnation
    {
        get => Interlocked.Read(ref _incarnation);
        set => Interlocked.Exchange(ref _incarnation, value);
    }

    private TimeSpan Remaining => _duration - _time.GetElapsedTime(Interlocked.Read(ref _heldSince));

    /// <summary>Waits while the lease is in doubt.</summary>
    /// <exception cref="SubscriptionLostException">The partition was taken over or rewound.</exception>
    /// <exception cref="SubscriptionDeletedException">The subscription was deleted.</exception>
    /// <exception cref="SubscriptionRepartitionedException">The subscription has another number of partitions.</exception>
    /// <exception cref="SubscriptionRenamedException">The subscription has another name.</exception>
    public async Task WaitUntilHeldAsync(CancellationToken ct)
    {
        while (true)
        {
            EndIfDue();
            Task regained;
            lock (_lock)
            {
                ThrowIfLost();
                if (_regained is null)
                    return;

                regained = _regained.Task;
            }

            await regained.WaitAsync(ct).ConfigureAwait(false);
        }
    }

    /// <summary>Throws the exception that says how the lease was lost; does nothing while it is not lost.</summary>
    /// <exception cref="SubscriptionLostException">The partition was taken over or rewound.</exception>
    /// <exception cref="SubscriptionDeletedException">The subscription was deleted.</exception>
    /// <exception cref="SubscriptionRepartitionedException">The subscription has another number of partitions.</exception>
    /// <exception cref="SubscriptionRenamedException">The subscription has another name.</exception>
    public void ThrowIfLost()
    {
        if (LossException() is { } exception)
            throw exception;
    }

    /// <summary>The exception that says how the lease was lost; null while it is not lost.</summary>
    public EventStoreException? LossException() => LostBecause switch
    {
        null => null,
        LeaseEnd.Deleted => new SubscriptionDeletedException(Key.Name),
        LeaseEnd.Repartitioned => new SubscriptionRepartitionedException(Key.Name, Partitions, _shape!.Partitions),
        LeaseEnd.Renamed => new SubscriptionRenamedException(Key.Name, new(_shape!.Name)),
        _ => new SubscriptionLostException(Key.Name, IsReset),
    };

    /// <summary>Records that the database has renewed the lease.</summary>
    /// <param name="askedAt">The timestamp before the database was asked.</param>
    public void Renewed(long askedAt)
    {
        TaskCompletionSource? regained;
        lock (_lock)
        {
            if (LostBecause is not null)
                return;

            if (askedAt > _heldSince)
                Interlocked.Exchange(ref _heldSince, askedAt);

            if (_regained is null || Remaining <= TimeSpan.Zero)
                return;

            regained = _regained;
            _regained = null;
            _held = new();
            _timer.Change(Until(Remaining), Timeout.InfiniteTimeSpan);
        }

        regained.SetResult();
    }

    /// <summary>Records what the heartbeat read.</summary>
    public void Observe(bool isPaused, bool isRequested, long replays)
    {
        lock (_lock)
        {
            if (isPaused == _isPaused && isRequested == _isRequested && replays == _replays)
                return;

            (_isPaused, _isRequested) = (isPaused, isRequested);
            Interlocked.Exchange(ref _replays, replays);
        }

        Changed?.Invoke();
    }

    /// <summary>Records that the owner reads every event, so that changes of the definition don't concern it.</summary>
    public void ReadsEverything()
    {
        lock (_lock)
            _readsEverything = true;
    }

    /// <summary>Records that the definition is no longer the current one.</summary>
    public void Redefined()
    {
        lock (_lock)
        {
            if (_isRedefined || _readsEverything)
                return;

            _isRedefined = true;
        }

        Changed?.Invoke();
    }

    /// <summary>Records the stream whose numbers are counted.</summary>
    public void SetStream(long streamId) => StreamId = streamId;

    /// <summary>Records that the stream was removed, and that numbers are now counted in a new stream of its name.</summary>
    public void StartOver(long streamId) => (StreamId, Finished) = (streamId, FinishedBefore.Nothing);

    /// <summary>Ends the lease for good.</summary>
    /// <param name="because">The reason, if the subscription still has the shape that this process knows.</param>
    /// <param name="shape">The subscription's current shape; <see langword="null"/> if it is gone.</param>
    public void Lose(LeaseEnd because, SubscriptionShape? shape)
    {
        lock (_lock)
            _shape ??= shape;

        Lose(
            shape is null ? LeaseEnd.Deleted
            : shape.Name != Key.Name.Value ? LeaseEnd.Renamed
            : shape.Partitions != Partitions ? LeaseEnd.Repartitioned : because);
    }

    /// <summary>Ends the lease for good.</summary>
    public void Lose(LeaseEnd because)
    {
        CancellationTokenSource held;
        TaskCompletionSource? regained;
        lock (_lock)
        {
            if (LostBecause is not null)
                return;

            LostBecause = because;
            held = _held;
            regained = _regained;
        }

        // Callbacks of these tokens run asynchronously: they may throw or take long, and the caller looks after all leases.
        _timer.Dispose();
        _ = _lost.CancelAsync();
        _ = held.CancelAsync();
        regained?.SetResult();
    }

    /// <summary>Ends the lease after its release: it raises nothing more.</summary>
    public void End() => _timer.Dispose();

    private void EndIfDue()
    {
        CancellationTokenSource held;
        lock (_lock)
        {
            if (LostBecause is not null || _regained is not null)
                return;

            var remaining = Remaining;
            if (remaining > TimeSpan.Zero)
            {
                _timer.Change(Until(remaining), Timeout.InfiniteTimeSpan);
                return;
            }

            _regained = new(TaskCreationOptions.RunContinuationsAsynchronously);
            held = _held;
        }

        _ = held.CancelAsync();
    }

    /// <summary>Timers have millisecond resolution and must not fire early, so this rounds up.</summary>
    private static TimeSpan Until(TimeSpan remaining)
        => remaining <= TimeSpan.Zero ? TimeSpan.Zero : TimeSpan.FromMilliseconds(Math.Ceiling(remaining.TotalMilliseconds));
}

/// <summary>A partition that this process has just acquired.</summary>
internal sealed record AcquiredRow(
    SubscriptionKey Key, long Id, long Epoch, long Position, long? StreamId, int Partitions, long Replays, StoredDefinition Definition,
    Suspicion Suspicion, FinishedBefore Finished);
