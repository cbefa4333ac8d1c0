using System.Diagnostics.CodeAnalysis;

namespace EventStore.EF;

/// <summary>
/// A process's hold on a partition of a subscription. The epoch fences: once another process has taken over, nothing is written with it.
/// </summary>
/// <remarks><code>
///            time ran out                  another epoch, or no row
///    Held ──────────────────▶ in doubt ──────────────────────────────▶ Lost (for good)
///     ▲  ◀───────────────────────┘                                       ▲
///     │   renewed: nobody took it                                        │
///     └──────────────────────────────────────────────────────────────────┘
/// </code>
/// In doubt, another process may have taken over and this one can't know yet: it hands out nothing until it does. Safe for use by several
/// threads.
/// </remarks>
[SuppressMessage("Design", "CA1001:Types that own disposable fields should be disposable", Justification = "Sources of cancellation without timers hold nothing to free, and others may cancel at any time")]
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
    private long _life;
    private SubscriptionShape? _shape;

    /// <param name="row">What was taken.</param>
    /// <param name="askedAt">The timestamp before the database was asked: its clock can't have granted the lease earlier.</param>
    /// <param name="duration">How long it holds without renewal.</param>
    /// <param name="time">The clock.</param>
    /// <param name="life">The store's <see cref="IStorage.Life"/> before the database was asked.</param>
    public Lease(AcquiredRow row, long askedAt, TimeSpan duration, TimeProvider time, long life)
    {
        (Key, Id, Epoch, Position, StreamId, Partitions, _replays, var definition, Suspicion, Finished) = row;
        (Definition, Handles, FirstId) = (definition.Number, definition.Handles, definition.FirstId);
        _life = life;
        _heldSince = askedAt;
        _duration = duration;
        _time = time;
        Lost = _lost.Token;

        // By the clock and not by the heartbeat, which may be waiting for a database that doesn't answer.
        _timer = Apart.CreateTimer(time, static lease => ((Lease)lease!).EndIfDue(), this);
        _timer.Change(Until(Remaining), Timeout.InfiniteTimeSpan);
    }

    /// <summary>Raised by the heartbeat when <see cref="IsPaused"/>, <see cref="Replays"/>, <see cref="IsRequested"/> or <see cref="IsRedefined"/> has changed.</summary>
    public event Action? Changed;

    /// <summary>What is held.</summary>
    public SubscriptionKey Key { get; }

    /// <summary>The subscription's row.</summary>
    public long Id { get; }

    /// <summary>The row of the subscription's first partition.</summary>
    public long FirstId { get; }

    /// <summary>Of this hold.</summary>
    public long Epoch { get; }

    /// <summary>The checkpoint when it was taken: a place.</summary>
    public long Position { get; }

    /// <summary>The id of the stream in which places are counted; null for all events, or before the stream was seen.</summary>
    public long? StreamId { get; private set; }

    /// <summary>What was finished while the subscription had other numbers of partitions.</summary>
    public FinishedBefore Finished { get; private set; }

    /// <summary>Of the subscription.</summary>
    public int Partitions { get; }

    /// <summary>The number of the definition under which it was taken.</summary>
    public long Definition { get; }

    /// <summary>What writing is fenced by: null for who reads everything, and passes over nothing whatever the definition says.</summary>
    public long? DefinitionFence => _readsEverything ? null : Definition;

    /// <summary>What the subscription handles by that definition; null where no class of handlers has run.</summary>
    public HandledTypes? Handles { get; }

    /// <summary>What the former owner left of events that may have ended its process, when this hold was taken.</summary>
    public Suspicion Suspicion { get; }

    /// <summary>Cancelled when the partition was taken over, rewound or deleted: this hold never comes back.</summary>
    public CancellationToken Lost { get; }

    /// <summary>Why it is lost; null while it isn't.</summary>
    public LeaseEnd? LostBecause { get; private set; }

    /// <summary>
    /// Cancelled the moment that the lease runs out, or is lost. When it is renewed after all, there is a new token:
    /// <see cref="WaitUntilHeldAsync"/>.
    /// </summary>
    public CancellationToken Held => _held.Token;

    /// <summary>Whether no other process can have taken over yet, by the local clock.</summary>
    public bool IsHeld => !Lost.IsCancellationRequested && Remaining > TimeSpan.Zero;

    /// <summary>Whether somebody has paused the subscription: the owner is to finish, write its checkpoint and give it back.</summary>
    public bool IsPaused => Volatile.Read(ref _isPaused);

    /// <summary>Whether another process asks for the partition: the owner is to do the same.</summary>
    public bool IsRequested => Volatile.Read(ref _isRequested);

    /// <summary>Whether the definition is no longer the current one: the owner is to give the partition back, and may take it again.</summary>
    public bool IsRedefined => Volatile.Read(ref _isRedefined);

    /// <summary>Whether it is lost and nobody else need have it: what is in flight is delivered again.</summary>
    public bool IsReset => LostBecause is LeaseEnd.Rewound or LeaseEnd.Redefined;

    /// <summary>Counts the requests to replay or discard parked events: at each change the owner looks at what is parked.</summary>
    public long Replays => Interlocked.Read(ref _replays);

    /// <summary>In which life of the store everything that was received under this lease is known to be there.</summary>
    public long Life
    {
        get => Interlocked.Read(ref _life);
        set => Interlocked.Exchange(ref _life, value);
    }

    private TimeSpan Remaining => _duration - _time.GetElapsedTime(Interlocked.Read(ref _heldSince));

    /// <summary>Waits while the lease is in doubt.</summary>
    /// <exception cref="SubscriptionLostException">It was taken over or rewound.</exception>
    /// <exception cref="SubscriptionDeletedException">The subscription was deleted.</exception>
    /// <exception cref="SubscriptionRepartitionedException">It has another number of partitions.</exception>
    /// <exception cref="SubscriptionRenamedException">It has another name.</exception>
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

    /// <summary>Throws what became of the lease, when it is lost.</summary>
    /// <exception cref="SubscriptionLostException">It was taken over or rewound.</exception>
    /// <exception cref="SubscriptionDeletedException">The subscription was deleted.</exception>
    /// <exception cref="SubscriptionRepartitionedException">It has another number of partitions.</exception>
    /// <exception cref="SubscriptionRenamedException">It has another name.</exception>
    public void ThrowIfLost()
    {
        if (LossException() is { } exception)
            throw exception;
    }

    /// <summary>What became of the lease; null while it isn't lost.</summary>
    public EventStoreException? LossException() => LostBecause switch
    {
        null => null,
        LeaseEnd.Deleted => new SubscriptionDeletedException(Key.Name),
        LeaseEnd.Repartitioned => new SubscriptionRepartitionedException(Key.Name, Partitions, _shape!.Partitions),
        LeaseEnd.Renamed => new SubscriptionRenamedException(Key.Name, new(_shape!.Name)),
        _ => new SubscriptionLostException(Key.Name, IsReset),
    };

    /// <summary>The database has renewed it.</summary>
    /// <param name="askedAt">The timestamp before it was asked.</param>
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

    /// <summary>What the heartbeat saw of it.</summary>
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

    /// <summary>The owner reads every event: another definition is no matter to it.</summary>
    public void ReadsEverything()
    {
        lock (_lock)
            _readsEverything = true;
    }

    /// <summary>The definition is no longer the current one.</summary>
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

    /// <summary>The stream in which places are counted is known by now.</summary>
    public void SetStream(long streamId) => StreamId = streamId;

    /// <summary>The stream was removed, and places are counted in another one of its name.</summary>
    public void StartOver(long streamId) => (StreamId, Finished) = (streamId, FinishedBefore.Nothing);

    /// <summary>It never comes back.</summary>
    /// <param name="because">Why, if the subscription is there as this process knows it.</param>
    /// <param name="shape">What the subscription is by now; <see langword="null"/> when it is gone.</param>
    public void Lose(LeaseEnd because, SubscriptionShape? shape)
    {
        lock (_lock)
            _shape ??= shape;

        Lose(
            shape is null ? LeaseEnd.Deleted
            : shape.Name != Key.Name.Value ? LeaseEnd.Renamed
            : shape.Partitions != Partitions ? LeaseEnd.Repartitioned : because);
    }

    /// <summary>It never comes back.</summary>
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

        // What others hang on it runs apart: it may throw, or take its time, and this is called by who looks after all leases.
        _timer.Dispose();
        _ = _lost.CancelAsync();
        _ = held.CancelAsync();
        regained?.SetResult();
    }

    /// <summary>It was given back: nothing more becomes of it.</summary>
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

    /// <summary>Timers count whole milliseconds, and are not to be early.</summary>
    private static TimeSpan Until(TimeSpan remaining)
        => remaining <= TimeSpan.Zero ? TimeSpan.Zero : TimeSpan.FromMilliseconds(Math.Ceiling(remaining.TotalMilliseconds));
}

/// <summary>A partition that this process has just taken.</summary>
internal sealed record AcquiredRow(
    SubscriptionKey Key, long Id, long Epoch, long Position, long? StreamId, int Partitions, long Replays, StoredDefinition Definition,
    Suspicion Suspicion, FinishedBefore Finished);
