using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Logging;

namespace EventStore.EF;

/// <summary>
/// The time for which this process works on one part of a subscription: carries out the steps of the <see cref="DeliveryMachine"/>, hands
/// events to the consumers and takes their acknowledgements. Trouble with the database is waited out with everything in place; it ends
/// when the part is lost, or given away.
/// </summary>
/// <remarks>
/// One loop does all that touches the database. Consumers acknowledge under the lock, without waiting for the loop, and get what can be sent
/// next at once.
/// </remarks>
[SuppressMessage("Design", "CA1001:Types that own disposable fields should be disposable", Justification = "A source of cancellation without timer holds nothing to free, and consumers may look at its token at any time")]
internal sealed partial class Tenure
{
    private static readonly TimeSpan LongestTroubleDelay = TimeSpan.FromSeconds(10);

    /// <summary>The first wait while an open transaction holds back what the tail reader has passed; doubled up to the polling interval.</summary>
    private static readonly TimeSpan FirstLook = TimeSpan.FromMilliseconds(1);

    private readonly SubscriptionKey _key;
    private readonly SubscriptionOptions _options;
    private readonly ISubscriptionSource _source;
    private readonly Leases _leases;
    private readonly IStorage _storage;
    private readonly EventStoreOptions _storeOptions;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly DeliveryMachine _machine;
    private readonly Intake _intake;
    private readonly LiveBuffer _buffer;
    private readonly Parking _parking;
    private readonly SubscriptionProgress.Reporter? _reporter;
    private readonly Signal _signal = new();
    private readonly Lock _lock = new();
    private readonly Dictionary<Consumer, int> _consumers = [];
    private readonly CancellationTokenSource _over = new();
    private readonly CancellationTokenSource _closing = new();
    private TaskCompletionSource? _turned;
    private Exception? _reason;
    private Exception? _fault;
    private TimeSpan? _givesUpAt;
    private long? _failedAt;
    private TimeSpan _look = FirstLook;
    private int _troubles;
    private RecordedEvent? _received;
    private long _life;
    private TaskCompletionSource? _verified;

    /// <param name="place">The last finished place.</param>
    /// <param name="parkedKeys">The keys whose events wait in the table of parked ones.</param>
    /// <param name="lease">The hold on the part; <see langword="null"/> for a transient subscription.</param>
    /// <param name="source">What is read.</param>
    /// <param name="subscription">The subscription.</param>
    /// <param name="parts">What all subscriptions share.</param>
    public Tenure(long place, IReadOnlyList<string> parkedKeys, Lease? lease, ISubscriptionSource source, SubscriptionDefinition subscription, SubscriptionParts parts)
    {
        Lease = lease;
        Over = _over.Token;
        Closing = _closing.Token;
        _key = subscription.Key;
        _options = subscription.Options;
        _source = source;
        (_leases, _storage, _storeOptions, _time, _logger) = (parts.Leases, parts.Storage, parts.StoreOptions, parts.Time, parts.Logger);
        _life = _storage.Life;
        _machine = new(place, subscription.Limits, parkedKeys);
        _intake = new(_options, _key.Partition);
        _buffer = new(subscription.Filter, _options.BufferSize, _signal);
        _reporter = lease is null ? null : parts.Progress.Start(lease);
        _reporter?.Report(place);
        _parking = new(this, parkedKeys, _source, _options.Mapper, parts);
    }

    public SubscriptionName Name => _key.Name;

    /// <summary>The hold on the part; <see langword="null"/> for a transient subscription.</summary>
    public Lease? Lease { get; }

    /// <summary>Cancelled when nothing more is delivered and acknowledgements mean nothing any more.</summary>
    public CancellationToken Over { get; }

    /// <summary>
    /// Cancelled when the part is to be given back, by a pause or for another process: what is being handled is finished, nothing more is begun,
    /// and it is carried through though the pause may be over meanwhile.
    /// </summary>
    public CancellationToken Closing { get; }

    /// <summary>What the subscription is doing.</summary>
    public EventSubscriptionStatus Status
    {
        get
        {
            lock (_lock)
            {
                return Lease is { IsPaused: true } ? EventSubscriptionStatus.Paused
                    : Lease is { IsHeld: false } || _troubles > 0 ? EventSubscriptionStatus.Interrupted
                    : _machine.IsLive ? EventSubscriptionStatus.Live
                    : EventSubscriptionStatus.CatchingUp;
            }
        }
    }

    /// <summary>Everything up to this place is finished.</summary>
    public long Finished
    {
        get
        {
            lock (_lock)
                return _machine.Finished;
        }
    }

    /// <summary>Whether it could read what the subscription reads.</summary>
    public bool HasWorked { get; private set; }

    /// <summary>Whether the checkpoint is behind <see cref="Finished"/>.</summary>
    public bool HasUnsaved
    {
        get
        {
            lock (_lock)
                return _machine.HasUnsaved;
        }
    }

    /// <summary>Cancelled as soon as another process may have taken over. A new token once it is known that none has.</summary>
    public CancellationToken Held => Lease?.Held ?? Over;

    internal bool IsClosing => Closing.IsCancellationRequested;

    public void Join(Consumer consumer)
    {
        lock (_lock)
        {
            _consumers.TryAdd(consumer, _machine.AddConsumer());
            Send();
        }

        _signal.Set();
    }

    /// <summary>The consumer is gone: what it did not acknowledge is sent to others.</summary>
    public void Leave(Consumer consumer)
    {
        lock (_lock)
        {
            if (_consumers.Remove(consumer, out var id))
                _machine.RemoveConsumer(id);

            _parking.Left(consumer);
            Send();
        }

        _signal.Set();
    }

    /// <summary>The consumer has not begun what it was sent, or not finished it, and won't: it is sent again.</summary>
    public void TakeBack(Delivery delivery)
    {
        lock (_lock)
        {
            if (delivery.Replay is not null)
                _parking.Left(delivery.Consumer);
            else if (_consumers.TryGetValue(delivery.Consumer, out var id))
                _machine.TakeBack(id, delivery.Items);

            Send();
        }

        _signal.Set();
    }

    /// <summary>
    /// Completes when no other process can have taken over; at once unless this one stood still, or was cut off from the database, for
    /// longer than its lease.
    /// </summary>
    /// <exception cref="SubscriptionLostException">One has.</exception>
    public ValueTask WaitUntilHeldAsync(CancellationToken ct) => Lease is null or { IsHeld: true } ? ValueTask.CompletedTask : new(Lease.WaitUntilHeldAsync(ct));

    /// <summary>
    /// Completes when what was delivered is known to be in the store; at once unless something was interrupted since. Effects of what is
    /// lost must not be committed.
    /// </summary>
    public async ValueTask WaitUntilVerifiedAsync(CancellationToken ct)
    {
        while (_storage.Life != Interlocked.Read(ref _life))
        {
            Task verified;
            lock (_lock)
                verified = (_verified ??= new(TaskCreationOptions.RunContinuationsAsynchronously)).Task;

            _signal.Set();
            using var ending = CancellationTokenSource.CreateLinkedTokenSource(ct, Over);
            await verified.WaitAsync(ending.Token).ConfigureAwait(false);
        }
    }

    /// <summary>Throws what has ended the tenure, if something has.</summary>
    public void ThrowIfEnded()
    {
        lock (_lock)
        {
            if (Over.IsCancellationRequested && _reason is not null)
                throw _reason;
        }
    }

    /// <summary>Acknowledges what a consumer was sent up to a place.</summary>
    /// <exception cref="ArgumentException">It was never sent to this consumer.</exception>
    /// <exception cref="SubscriptionLostException">The tenure is over.</exception>
    public void Acknowledge(Consumer consumer, long place) => Change(consumer, place, static (machine, id, place, now) => machine.Acknowledge(id, place, now));

    /// <summary>Passes over one event that failed.</summary>
    public void Skip(Consumer consumer, long place) => Change(consumer, place, static (machine, id, place, now) => machine.Settle(id, place, now));

    /// <summary>Whether a consumer may write the checkpoint to a place itself, with so many events, at once: <see cref="WaitForTurnAsync"/>.</summary>
    public bool IsTurnOf(long place, int count)
    {
        lock (_lock)
            return _machine.TurnOf(place, count) is DeliveryTurn.Now;
    }

    /// <summary>
    /// Completes when a consumer may write the checkpoint to a place itself: what stands before it and is to be parked, is parked.
    /// </summary>
    /// <param name="place">The last of the events that the consumer finishes with it.</param>
    /// <param name="count">How many events it finishes with it.</param>
    /// <param name="ct">Cancels waiting.</param>
    /// <exception cref="InvalidOperationException">Earlier events are still to be handled: the tenure must begin again.</exception>
    public async ValueTask WaitForTurnAsync(long place, int count, CancellationToken ct)
    {
        while (true)
        {
            Task changed;
            lock (_lock)
            {
                switch (_machine.TurnOf(place, count))
                {
                    case DeliveryTurn.Now:
                        return;
                    case DeliveryTurn.Missed:
                        throw new InvalidOperationException("A parked key was freed while later events were on their way to the projection.");
                }

                _turned ??= new(TaskCreationOptions.RunContinuationsAsynchronously);
                changed = _turned.Task;
            }

            using var ending = CancellationTokenSource.CreateLinkedTokenSource(ct, Over);
            await changed.WaitAsync(ending.Token).ConfigureAwait(false);
        }
    }

    /// <summary>The consumer has written the checkpoint itself, together with its effects, and then acknowledges.</summary>
    public void Committed(Consumer consumer, long place) => Change(consumer, place, static (machine, id, place, now) =>
    {
        machine.Acknowledge(id, place, now);
        machine.Checkpointed(place, now);
    });

    /// <summary>An event's row of the parked ones is committed.</summary>
    public void Parked(Consumer consumer, long place) => Change(consumer, place, static (machine, id, place, now) => machine.Park(id, place, now));

    /// <summary>The row of the parked event at this place, if the consumer has it to replay.</summary>
    public ParkedRow? ReplayOf(Consumer consumer, long place) => _parking.ReplayOf(consumer, place);

    /// <summary>Whether the event at this place was sent to the consumer and is not acknowledged.</summary>
    public bool IsInFlight(Consumer consumer, long place)
    {
        lock (_lock)
            return _consumers.TryGetValue(consumer, out var id) && _machine.IsSent(id, place);
    }

    /// <summary>Keeps an error in sight of whoever looks at the subscription, as far as the database answers, until the checkpoint has passed the event.</summary>
    /// <param name="error">The error.</param>
    /// <param name="place">The event's; null for the one that is to be read next.</param>
    /// <param name="ct">Cancels it.</param>
    public async Task ReportAsync(string error, long? place, CancellationToken ct)
    {
        if (Lease is null)
            return;

        NoteFailure(place);

        try
        {
            await _leases.FailAsync(Lease, error, ct).ConfigureAwait(false);
        }
        catch (Exception exception) when (!ct.IsCancellationRequested)
        {
            _ = _storage.Classify(exception);
        }
    }

    /// <summary>Pauses the subscription with an error, for good until somebody resumes it, and ends the tenure.</summary>
    public async Task StopAsync(string error, long place, CancellationToken ct)
    {
        var lease = Lease ?? throw new InvalidOperationException("Handlers run by the host are durable.");
        NoteFailure(place);
        await _leases.StopAsync(lease, error, ct).ConfigureAwait(false);
        BeginClosing();
    }

    /// <summary>Ends the tenure because of something that nobody expected; the part begins again from its checkpoint.</summary>
    public void Abort(Exception exception)
    {
        _fault = exception;
        _signal.Set();
    }

    /// <summary>Whether events of the key wait in the table of parked ones.</summary>
    public bool IsParked(string? key) => key is not null && _parking.Contains(key);

    /// <summary>Parks an event in flight; completes when its row is committed. Without error it only waits behind an earlier one of its key.</summary>
    public Task ParkAsync(Consumer consumer, DeliveryItem item, string? error, int attempts, CancellationToken ct)
    {
        var request = new ParkRequest(consumer, item, error, attempts);
        _parking.Request(request);
        _signal.Set();
        return request.Task.WaitAsync(ct);
    }

    /// <summary>A replayed event was handled, or failed again.</summary>
    public void Replayed(ParkedRow row, string? error, bool isRemoved = false)
    {
        _parking.Replayed(row, error, isRemoved);
        _signal.Set();
    }

    /// <summary>Runs until the part is lost or asked for by another process, or until cancelled.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        if (Lease is not null)
            Lease.Changed += OnChanged;

        using var running = CancellationTokenSource.CreateLinkedTokenSource(ct, Lease?.Lost ?? default);
        try
        {
            while (!IsGivenAway())
            {
                try
                {
                    await StepAsync(running.Token).ConfigureAwait(false);
                    _troubles = 0;
                }
                catch (Exception exception) when (IsTrouble(exception) && !running.IsCancellationRequested)
                {
                    await WaitOutAsync(exception, running.Token).ConfigureAwait(false);
                }
            }
        }
        catch (Exception exception) when (exception is not EventStoreException && !ct.IsCancellationRequested && Lease is { Lost.IsCancellationRequested: true })
        {
            // Whatever was interrupted: the lease says why.
            Lease.ThrowIfLost();
        }
        finally
        {
            _source.Detach(_buffer);
            if (Lease is not null)
                Lease.Changed -= OnChanged;
        }
    }

    /// <summary>Nothing more is delivered; whoever acknowledges is told why.</summary>
    public void Close(Exception? reason)
    {
        lock (_lock)
        {
            _reason ??= reason;
        }

        // Whoever waits for it goes on elsewhere.
        _ = _over.CancelAsync();
        _reporter?.Dispose();
        _parking.Close(reason);
    }

    internal TimeSpan Now() => _time.GetElapsedTime(0);

    /// <summary>Whoever came first.</summary>
    internal Consumer? AnyConsumer()
    {
        lock (_lock)
            return _consumers.Keys.FirstOrDefault();
    }

    internal bool Has(Consumer consumer)
    {
        lock (_lock)
            return _consumers.ContainsKey(consumer);
    }

    /// <summary>Changes the machine, and sends what can be sent then.</summary>
    internal void Change(Action<DeliveryMachine> change)
    {
        lock (_lock)
        {
            change(_machine);
            Send();
            _turned?.SetResult();
            _turned = null;
            _reporter?.Report(_machine.Finished);
        }
    }

    private static bool IsTrouble(Exception exception)
        => exception is not (SubscriptionLostException or SubscriptionDeletedException or StreamDeletedException or StreamRecreatedException or SubscriptionAheadException or TenureAbortedException);

    private void Change(Consumer consumer, long place, Action<DeliveryMachine, int, long, TimeSpan> change)
    {
        bool isNews;
        lock (_lock)
        {
            if (Over.IsCancellationRequested || !_consumers.TryGetValue(consumer, out var id))
            {
                if (_reason is not null)
                    throw _reason;

                return;
            }

            var wasSaved = !_machine.HasUnsaved;
            change(_machine, id, place, Now());
            Send();
            _reporter?.Report(_machine.Finished);
            isNews = wasSaved || IsClosing || _machine.HasStep(Now()) || _buffer.HasNews || _parking.IsWaiting;
        }

        if (isNews)
            _signal.Set();
    }

    /// <summary>Hands out whatever can be handed out. To be called under the lock after every change.</summary>
    private void Send()
    {
        if (IsClosing || Over.IsCancellationRequested)
            return;

        while (_machine.NextBatch() is { } batch)
        {
            foreach (var (consumer, id) in _consumers)
            {
                if (id == batch.Consumer)
                    consumer.Offer(new(this, consumer, batch.Items));
            }
        }
    }

    private void OnChanged()
    {
        if (Lease is { IsPaused: true } or { IsRequested: true })
            BeginClosing();

        _signal.Set();
    }

    private void BeginClosing()
    {
        // Under the lock: nothing is sent any more when this has returned.
        lock (_lock)
            _ = _closing.CancelAsync();

        _signal.Set();
    }

    /// <summary>Whether the part is to be given back, and what is being handled is finished.</summary>
    private bool IsGivenAway()
    {
        if (!IsClosing)
            return false;

        // A consumer that never acknowledges doesn't keep it for longer than a dead one would.
        _givesUpAt ??= Now() + _storeOptions.LeaseDuration;
        lock (_lock)
            return Now() >= _givesUpAt || (_machine.InFlight == 0 && !_parking.IsBusy);
    }

    private async Task StepAsync(CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        if (_fault is not null)
            throw new TenureAbortedException(_fault);

        await WaitUntilHeldAsync(ct).ConfigureAwait(false);
        await VerifyAsync(ct).ConfigureAwait(false);
        if (Lease is not null && await _parking.StepAsync(Lease, ct).ConfigureAwait(false))
            return;

        DeliveryStep step;
        lock (_lock)
        {
            Send();
            step = _machine.Next(Now());
        }

        switch (step.Kind)
        {
            case DeliveryStepKind.Checkpoint:
                await CheckpointAsync(step.Place, ct).ConfigureAwait(false);
                break;

            case DeliveryStepKind.Park:
                await _parking.ParkBehindAsync(Lease!, step.Items, ct).ConfigureAwait(false);
                break;

            case DeliveryStepKind.ReadPage when !IsClosing:
                var page = await _source.ReadAsync(step.Place, _options.PageSize, ct).ConfigureAwait(false);
                HasWorked = true;
                if (_storage.Life != Interlocked.Read(ref _life))
                    return;

                if (page.Events.Count > 0)
                    (_look, _received) = (FirstLook, page.Events[^1]);

                await SeeStreamAsync(ct).ConfigureAwait(false);
                var read = _intake.Take(page.Events);
                Change(machine => machine.PageArrived(read, page.Through, page.IsEnd, Now()));
                break;

            case DeliveryStepKind.Attach when !IsClosing:
                await AttachAsync(step.Place, ct).ConfigureAwait(false);
                break;

            default:
                await WaitAsync(step.Within, ct).ConfigureAwait(false);
                break;
        }
    }

    private async Task AttachAsync(long place, CancellationToken ct)
    {
        var isAttached = _source.TryAttach(_buffer, place);
        Change(machine => machine.Attached(isAttached));
        if (isAttached)
        {
            _look = FirstLook;
            return;
        }

        // After a lost connection an open transaction may hold back, for this reader, what the tail has passed already. Its end tells nobody.
        await _signal.WaitAsync(_look, _time, ct).ConfigureAwait(false);
        _look = _look * 2 < _storeOptions.PollingInterval ? _look * 2 : _storeOptions.PollingInterval;
    }

    private async Task WaitAsync(TimeSpan? within, CancellationToken ct)
    {
        if (!HasNews())
        {
            if (_givesUpAt - Now() is { } left && !(left > within))
                within = left;

            if (within is { } timeout)
                await _signal.WaitAsync(timeout > TimeSpan.Zero ? timeout : TimeSpan.Zero, _time, ct).ConfigureAwait(false);
            else
                await _signal.WaitAsync(ct).ConfigureAwait(false);
        }

        if (HasNews())
            TakeNews();
    }

    /// <summary>Whether there are new events, and room for them. What a slow consumer has no room for stays in the buffer, which gives up when it is full.</summary>
    private bool HasNews()
    {
        lock (_lock)
            return !IsClosing && _machine.IsLive && _machine.HasRoom && _buffer.HasNews;
    }

    private void TakeNews()
    {
        var (events, through, hasGivenUp) = _buffer.Take();
        if (events.Count > 0)
            _received = events[^1];

        IReadOnlyList<DeliveryItem> items;
        try
        {
            items = _intake.Take(events);
        }
        catch
        {
            // What was taken out of the buffer is read again from storage.
            _source.Detach(_buffer);
            Change(machine => machine.LiveArrived([], 0, overflowed: true, Now()));
            throw;
        }

        Change(machine => machine.LiveArrived(items, through, hasGivenUp, Now()));
    }

    /// <summary>
    /// After an interruption whoever answers may be a stand-by that had fallen behind, or an earlier state of the database. Then what was
    /// received is no longer there, its positions are handed out again, and to go on from them would skip events in silence.
    /// </summary>
    private async ValueTask VerifyAsync(CancellationToken ct)
    {
        var life = _storage.Life;
        if (life == Interlocked.Read(ref _life))
            return;

        if (_source is AllSource && _received is { } received)
        {
            var found = await BackwardAsync(received.Position, ct).ConfigureAwait(false);
            if (found?.EventId != received.EventId)
            {
                var head = await BackwardAsync(long.MaxValue, ct).ConfigureAwait(false);
                throw new SubscriptionAheadException(Name, received.Position, head?.Position ?? 0);
            }
        }

        lock (_lock)
        {
            Interlocked.Exchange(ref _life, life);
            _verified?.SetResult();
            _verified = null;
        }
    }

    /// <summary>The event at a position, or the last one before it.</summary>
    private async Task<RecordedEvent?> BackwardAsync(long from, CancellationToken ct)
    {
        var page = await _storage.ReadAllAsync(new(ReadDirection.Backward, from, 1, EventFilter.All), ct).ConfigureAwait(false);
        return page.Events is [var @event, ..] ? @event : null;
    }

    /// <summary>Writes what is finished, if it isn't written yet.</summary>
    public async Task SaveAsync(CancellationToken ct)
    {
        if (HasUnsaved)
            await CheckpointAsync(Finished, ct).ConfigureAwait(false);
    }

    private async Task CheckpointAsync(long place, CancellationToken ct)
    {
        if (Lease is not null && HasPassedFailure(place))
            await _leases.CheckpointAsync(Lease, place, ct).ConfigureAwait(false);
        else if (Lease is not null)
            await _leases.CheckpointBeforeFailureAsync(Lease, place, ct).ConfigureAwait(false);

        Change(machine => machine.Checkpointed(place, Now()));
    }

    private void NoteFailure(long? place)
    {
        lock (_lock)
        {
            var at = place ?? _machine.Received + 1;
            _failedAt = _failedAt < at ? _failedAt : at;
        }
    }

    private bool HasPassedFailure(long place)
    {
        lock (_lock)
        {
            if (place < _failedAt)
                return false;

            _failedAt = null;
            return true;
        }
    }

    /// <summary>Keeps the id of a stream that is seen for the first time: a later stream of its name is another one.</summary>
    private async ValueTask SeeStreamAsync(CancellationToken ct)
    {
        if (Lease is { StreamId: null } && _source is StreamSource { StreamId: { } id })
            await _leases.SetStreamAsync(Lease, id, ct).ConfigureAwait(false);
    }

    /// <summary>Trouble with the database, or an exception of the application's functions: nothing is lost, all is tried again.</summary>
    private async Task WaitOutAsync(Exception exception, CancellationToken ct)
    {
        var isDatabase = _storage.Classify(exception) is not StorageFailure.None;
        var delay = Backoff.Delay(++_troubles, _storeOptions.RetryDelay, LongestTroubleDelay);
        LogInterrupted(_logger, _key.Name, delay, exception);
        if (!isDatabase)
            await ReportAsync($"{exception.GetType()}: {exception.Message}", null, ct).ConfigureAwait(false);

        await Task.Delay(delay, _time, ct).ConfigureAwait(false);
    }

    [LoggerMessage(LogLevel.Error, "Subscription '{Name}' is interrupted; it goes on where it is in {Delay}")]
    private static partial void LogInterrupted(ILogger logger, SubscriptionName name, TimeSpan delay, Exception exception);
}

/// <summary>A worker failed in a way that nobody expected.</summary>
internal sealed class TenureAbortedException(Exception cause) : Exception(cause.Message, cause);
