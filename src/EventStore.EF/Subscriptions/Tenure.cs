using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Logging;

namespace EventStore.EF;

/// <summary>
/// The time for which this process works on one part of a subscription: one loop that carries out the steps of the
/// <see cref="DeliveryMachine"/>, as far as they touch the database. What the consumers are sent and acknowledge is the
/// <see cref="Dispatcher"/>'s. Trouble with the database is waited out with everything in place; it ends when the part is lost, or given away.
/// </summary>
[SuppressMessage("Design", "CA1001:Types that own disposable fields should be disposable", Justification = "A semaphore whose handle nobody asks for holds nothing to free")]
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
    private readonly StoreMeter _meter;
    private readonly Intake _intake;
    private readonly LiveBuffer _buffer;
    private readonly Parking _parking;
    private readonly SubscriptionProgress.Reporter? _reporter;
    private readonly Signal _signal = new();
    private readonly Lock _lock = new();
    private readonly SemaphoreSlim _checkpointing = new(1, 1);
    private Exception? _fault;
    private TimeSpan? _givesUpAt;
    private long? _failedAt;
    private TimeSpan _look = FirstLook;
    private bool _hasCaughtUp;
    private int _troubles;
    private int _stopping;
    private readonly long _beganAt;
    private RecordedEvent? _received;
    private long _life;
    private Reading? _reading;
    private readonly EventFilter _filter;
    private readonly UnknownTypes? _unknown;
    private Standstill? _standstill;
    private long? _faultAt;
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
        _key = subscription.Key;
        _options = subscription.Options;
        _source = source;
        (_leases, _storage, _storeOptions) = (parts.Leases, parts.Storage, parts.StoreOptions);
        (_time, _logger, _meter) = (parts.Time, parts.Logger, parts.Meter);
        _life = lease?.Life ?? _storage.Life;
        _beganAt = place;
        _intake = new(
            _options, _key.Partition, settles: lease is not null, subscription.Coverage, subscription.Filter.EventTypes,
            subscription.Unknown, lease?.Finished ?? FinishedBefore.Nothing);
        (_filter, _unknown) = (subscription.Filter, subscription.Unknown);
        _buffer = new(_unknown?.Watch(_filter) ?? _filter, _options.BufferSize, _storeOptions.MaxPageBytes, _signal);
        _buffer.Renew(_life);
        _reporter = lease is null ? null : parts.Progress.Start(lease);
        _reporter?.Report(place);
        Dispatcher = new(this, new(place, subscription.Limits(_storeOptions.MaxPageBytes), parkedKeys), _reporter, parts.Time);
        if (lease is { Suspicion: { IsSuspected: true } or { Alone: not null } } && subscription.IsHosted && Safeguards.CrashCounting)
            Suspects = new(lease, subscription.MostInFlight, parts);

        _parking = new(this, parkedKeys, _source, subscription, parts);
    }

    public SubscriptionName Name => _key.Name;

    /// <summary>The hold on the part; <see langword="null"/> for a transient subscription.</summary>
    public Lease? Lease { get; }

    /// <summary>The events that may have ended the process before this one; null when it ended as it should.</summary>
    public Suspects? Suspects { get; }

    /// <summary>What the consumers have to do with.</summary>
    public Dispatcher Dispatcher { get; }

    /// <summary>Cancelled when nothing more is delivered and acknowledgements mean nothing any more.</summary>
    public CancellationToken Over => Dispatcher.Over;

    /// <summary>
    /// Cancelled when the part is to be given back, by a pause or for another process: what is being handled is finished, nothing more is begun,
    /// and it is carried through though the pause may be over meanwhile.
    /// </summary>
    public CancellationToken Closing => Dispatcher.Closing;

    /// <summary>What the subscription is doing.</summary>
    public EventSubscriptionStatus Status
        => Lease is { IsPaused: true } ? EventSubscriptionStatus.Paused
        : Lease is { IsHeld: false } || _troubles > 0 || _standstill is not null ? EventSubscriptionStatus.Interrupted
        : Dispatcher.IsLive ? EventSubscriptionStatus.Live
        : EventSubscriptionStatus.CatchingUp;

    /// <summary>Whether it could read what the subscription reads.</summary>
    public bool HasWorked { get; private set; }

    /// <summary>Cancelled as soon as another process may have taken over. A new token once it is known that none has.</summary>
    public CancellationToken Held => Lease?.Held ?? Over;

    internal bool IsClosing => Closing.IsCancellationRequested;

    /// <summary>Whether a page is on its way, or none is to be asked for yet.</summary>
    internal bool IsReading => _reading is { Page.IsCompleted: false } || Volatile.Read(ref _standstill) is not null;

    /// <summary>Whether the loop has something to do that the machine knows nothing of.</summary>
    internal bool HasWork => _buffer.HasNews || _parking.IsWaiting;

    /// <summary>The consumer is gone: what it did not acknowledge is sent to others.</summary>
    public void Remove(Consumer consumer)
    {
        Dispatcher.Remove(consumer);
        _parking.Left(consumer);
    }

    /// <summary>The consumer has not begun what it was sent, or not finished it, and won't: it is sent again.</summary>
    public void TakeBack(Delivery delivery)
    {
        if (delivery.Replay is null)
            Dispatcher.TakeBack(delivery.Consumer, delivery.Items);
        else
            _parking.Left(delivery.Consumer);

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

    /// <summary>The row of the parked event at this place, if the consumer has it to replay.</summary>
    public ParkedRow? ReplayOf(Consumer consumer, long place) => _parking.ReplayOf(consumer, place);

    /// <summary>Keeps an error in sight of whoever looks at the subscription, as far as the database answers, until the checkpoint has passed the event.</summary>
    /// <param name="error">The error.</param>
    /// <param name="place">The event's; null for the one that is to be read next.</param>
    /// <param name="ct">Cancels it.</param>
    public async Task ReportAsync(string error, long? place, CancellationToken ct)
    {
        if (Lease is null)
            return;

        await NoteFailureAsync(place, ct).ConfigureAwait(false);

        try
        {
            await _leases.FailAsync(Lease, error, ct).ConfigureAwait(false);
        }
        catch (Exception exception) when (!ct.IsCancellationRequested)
        {
            _ = _storage.Classify(exception);
        }
    }

    /// <summary>
    /// Pauses the subscription with an error, for good until somebody resumes it, and ends the tenure. Nothing more is sent from the call on, and the
    /// part is kept until the pause is recorded, whatever trouble the database makes.
    /// </summary>
    public async Task StopAsync(string error, long place, CancellationToken ct)
    {
        var lease = Lease ?? throw new InvalidOperationException("Handlers run by the host are durable.");
        Interlocked.Increment(ref _stopping);
        if (Safeguards.AcknowledgementFence)
            Dispatcher.BeginClosing();

        try
        {
            await NoteFailureAsync(place, ct).ConfigureAwait(false);
            using var ending = CancellationTokenSource.CreateLinkedTokenSource(ct, lease.Lost);
            for (var troubles = 0; !await TryStopAsync(lease, error, ending.Token).ConfigureAwait(false);)
            {
                var delay = Backoff.Delay(++troubles, _storeOptions.RetryDelay, LongestTroubleDelay);
                await Task.Delay(delay, _time, ending.Token).ConfigureAwait(false);
            }

            Dispatcher.BeginClosing();
        }
        finally
        {
            Interlocked.Decrement(ref _stopping);
            _signal.Set();
        }
    }

    /// <summary>Does what the policy says with an event that a function of the subscription went on failing for, at a consumer that reads batches.</summary>
    public async Task SettleAsync(Consumer consumer, DeliveryItem item, CancellationToken ct)
    {
        var (failure, attempts) = (item.Failure!, _options.MaxAttempts);
        switch (_options.OnError)
        {
            case SubscriptionErrorPolicy.Skip:
                Failures.LogSkipped(_logger, Name, item.Event, attempts, failure);
                _meter.Skipped(Name);
                Dispatcher.Skip(consumer, item.Place);
                break;

            case SubscriptionErrorPolicy.Park when item.Key is not null:
                Failures.LogParked(_logger, Name, item, attempts, failure);
                await ParkAsync(consumer, item, ErrorText.Describe(failure), attempts, ct).ConfigureAwait(false);
                break;

            default:
                Dispatcher.BeginClosing();
                Failures.LogStopped(_logger, Name, item.Event, attempts, failure);
                await StopAsync($"Event {item.Event.Position} ('{item.Event.EventType}'): {ErrorText.Describe(failure)}", item.Place, ct).ConfigureAwait(false);
                break;
        }
    }

    /// <summary>
    /// Ends the tenure because of something that nobody expected; the part begins again from its checkpoint. Nothing is acknowledged any more when
    /// this has returned: what a consumer acknowledges next would cover the event that it failed to handle.
    /// </summary>
    public void Abort(Exception exception)
    {
        _fault = exception;
        if (Safeguards.AcknowledgementFence)
            Dispatcher.Close(new TenureAbortedException(exception));

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
        if (error is null)
            Dispatcher.Unparked(row.Place);

        _parking.Replayed(row, error, isRemoved);
        _signal.Set();
    }

    /// <summary>Runs until the part is lost or asked for by another process, or until cancelled.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        if (Lease is not null)
        {
            Lease.Changed += OnChanged;

            // What has changed before is told to nobody once more.
            OnChanged();
        }

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
            await running.CancelAsync().ConfigureAwait(false);
            if (_reading is { } reading)
                await ((Task)reading.Page).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

            _source.Detach(_buffer);
            if (Lease is not null)
                Lease.Changed -= OnChanged;
        }
    }

    /// <summary>Nothing more is delivered; whoever acknowledges is told why.</summary>
    public void Close(Exception? reason)
    {
        Dispatcher.Close(reason);
        _reporter?.Dispose();
        _parking.Close(reason);
    }

    /// <summary>Has the loop look for something to do.</summary>
    internal void Wake() => _signal.Set();

    private static bool IsTrouble(Exception exception)
        => exception is not (StreamDeletedException or StreamRecreatedException or SubscriptionAheadException or TenureAbortedException)
            && !LeaseEnds.Is(exception);

    private TimeSpan Now() => _time.GetElapsedTime(0);

    private void OnChanged()
    {
        if (Lease is { IsPaused: true } or { IsRequested: true } or { IsRedefined: true })
            Dispatcher.BeginClosing();

        _signal.Set();
    }

    /// <summary>Whether the part is to be given back, and what is being handled is finished.</summary>
    private bool IsGivenAway()
    {
        if (!IsClosing || Volatile.Read(ref _stopping) > 0)
            return false;

        // A consumer that never acknowledges doesn't keep it for longer than a dead one would.
        _givesUpAt ??= Now() + _storeOptions.LeaseDuration;
        return Now() >= _givesUpAt || (Dispatcher.IsIdle && !_parking.IsBusy);
    }

    private async Task StepAsync(CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        if (_fault is not null)
            throw new TenureAbortedException(_fault);

        await WaitUntilHeldAsync(ct).ConfigureAwait(false);
        await VerifyAsync(ct).ConfigureAwait(false);
        await SeeFaultAsync(ct).ConfigureAwait(false);
        if (Lease is not null && await _parking.StepAsync(Lease, ct).ConfigureAwait(false))
            return;

        if (Suspects is { IsActive: true } suspects && suspects.IsThrough(Dispatcher.Finished))
            await suspects.EndAsync(ct).ConfigureAwait(false);

        var step = Dispatcher.Next();
        switch (step.Kind)
        {
            case DeliveryStepKind.Checkpoint:
                await CheckpointAsync(step.Place, ct).ConfigureAwait(false);
                break;

            case DeliveryStepKind.Park:
                await _parking.ParkBehindAsync(Lease!, step.Items, ct).ConfigureAwait(false);
                break;

            case DeliveryStepKind.ReadPage when !IsClosing && StandsStillFor(step.Place) is { } left:
                await WaitAsync(left < _options.CheckpointAfter ? left : _options.CheckpointAfter, ct).ConfigureAwait(false);
                break;

            case DeliveryStepKind.ReadPage when !IsClosing:
                await ReadPageAsync(step.Place, ct).ConfigureAwait(false);
                break;

            case DeliveryStepKind.Attach when !IsClosing:
                await AttachAsync(step.Place, ct).ConfigureAwait(false);
                break;

            default:
                await WaitAsync(step.Within, ct).ConfigureAwait(false);
                break;
        }
    }

    /// <summary>
    /// Asks for a page, and takes it when it has come; the next one is asked for before this one is looked at. Whatever is due meanwhile, a
    /// checkpoint above all, doesn't wait for it.
    /// </summary>
    private async Task ReadPageAsync(long from, CancellationToken ct)
    {
        if (_reading?.From != from)
            BeginReading(from, ct);

        var reading = _reading!;
        if (!reading.Page.IsCompleted)
        {
            await _signal.WaitAsync(ct).ConfigureAwait(false);
            return;
        }

        _reading = null;
        var page = await reading.Page.ConfigureAwait(false);
        HasWorked = true;

        // After an interruption it may be somebody else who has answered, or who is verified by now.
        if (_storage.Life != reading.Life)
            return;

        if (page.Events.Count > 0)
            (_look, _received) = (FirstLook, page.Events[^1]);

        if (!page.IsEnd)
            BeginReading(page.Through + 1, ct);

        await SeeStreamAsync(ct).ConfigureAwait(false);

        // A stream's events come by pages always; the first one after all was received has what is new.
        var (items, obstacle) = _intake.Take(page.Events, isLive: _hasCaughtUp && page.IsEnd);
        _hasCaughtUp = false;
        if (obstacle is not null)
        {
            // Nothing behind it is passed; it is read again until somebody can handle it.
            if (obstacle.Event.Number > from)
                Dispatcher.Change((machine, now) => machine.PageArrived(items, obstacle.Event.Number - 1, isEnd: false, now));

            await StandStillAsync(obstacle, ct).ConfigureAwait(false);
            return;
        }

        Volatile.Write(ref _standstill, null);
        Dispatcher.Change((machine, now) => machine.PageArrived(items, page.Through, page.IsEnd, now));
    }

    /// <summary>For how long nothing is to be read from this place on; <see langword="null"/> when it may be read.</summary>
    private TimeSpan? StandsStillFor(long place)
        => _standstill is { } standstill && standstill.Place == place && standstill.Until - Now() is { Ticks: > 0 } left ? left : null;

    private async Task StandStillAsync(Obstacle obstacle, CancellationToken ct)
    {
        var place = obstacle.Event.Number;
        var before = _standstill?.Place == place ? _standstill : null;
        var looks = (before?.Looks ?? 0) + 1;
        Volatile.Write(ref _standstill, new(place, looks, Now() + Backoff.Delay(looks, _storeOptions.RetryDelay, LongestTroubleDelay)));
        if (before is null)
            await FaultAsync(obstacle.ToString(), obstacle.Cause, place, ct).ConfigureAwait(false);
    }

    /// <summary>The process has what it lacked: it need not give the part away.</summary>
    private async ValueTask SeeFaultAsync(CancellationToken ct)
    {
        lock (_lock)
        {
            if (_faultAt is not { } at || Dispatcher.Finished < at)
                return;

            _faultAt = null;
        }

        if (Lease is { Handles: { } handles } && _leases.Definitions.Declared(_key) is { } declared)
            await _leases.CoverAsync(Lease, declared.Covers(handles), ct).ConfigureAwait(false);
    }

    /// <summary>Says once what this process lacks, and waits until the event is worth another try, or until another process asks for the part.</summary>
    public async Task WaitOutFaultAsync(ProcessFaultException fault, long place, int faults, CancellationToken ct)
    {
        if (faults == 1)
            await FaultAsync(fault.Message, fault, place, ct).ConfigureAwait(false);

        using var ending = CancellationTokenSource.CreateLinkedTokenSource(ct, Over, Closing);
        await Task.Delay(Backoff.Delay(faults, _storeOptions.RetryDelay, LongestTroubleDelay), _time, ending.Token).ConfigureAwait(false);
    }

    /// <summary>This process can't handle an event, which is no fault of the event's: says so, and lets another process have the part.</summary>
    /// <param name="error">What this process lacks.</param>
    /// <param name="exception">What said so.</param>
    /// <param name="place">The event's place.</param>
    /// <param name="ct">Cancels it.</param>
    public async Task FaultAsync(string error, Exception? exception, long place, CancellationToken ct)
    {
        // Who reads of it in the log finds it there.
        await ReportAsync(error, place, ct).ConfigureAwait(false);
        LogFault(_logger, _key.Name, error, exception);
        if (Lease is null)
            return;

        lock (_lock)
            _faultAt = place;

        try
        {
            await _leases.CoverAsync(Lease, isCovered: false, ct).ConfigureAwait(false);
        }
        catch (Exception trouble) when (!ct.IsCancellationRequested)
        {
            _ = _storage.Classify(trouble);
        }
    }

    private void BeginReading(long from, CancellationToken ct)
    {
        if (_unknown is not null)
            _source.Filter = _unknown.Watch(_filter);

        var life = Interlocked.Read(ref _life);
        var page = _source.ReadAsync(from, _options.PageSize, ct);
        _reading = new(from, life, page);
        _ = page.ContinueWith(
            static (_, signal) => ((Signal)signal!).Set(), _signal, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
    }

    private async Task AttachAsync(long place, CancellationToken ct)
    {
        var isAttached = _source.TryAttach(_buffer, place);
        Dispatcher.Change((machine, _) => machine.Attached(isAttached));
        if (isAttached)
        {
            _hasCaughtUp = true;
            _look = FirstLook;
            Suspects?.Bound(place);
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
    private bool HasNews() => Dispatcher.TakesLive && _buffer.HasNews;

    private void TakeNews()
    {
        var (events, through, hasGivenUp) = _buffer.Take();
        if (events.Count > 0)
            _received = events[^1];

        IReadOnlyList<DeliveryItem> items;
        Obstacle? obstacle;
        try
        {
            (items, obstacle) = _intake.Take(events, isLive: true);
        }
        catch
        {
            // What was taken out of the buffer is read again from storage.
            _source.Detach(_buffer);
            Dispatcher.Change((machine, now) => machine.LiveArrived([], 0, overflowed: true, now));
            throw;
        }

        if (obstacle is null)
        {
            Dispatcher.Change((machine, now) => machine.LiveArrived(items, through, hasGivenUp, now));
            return;
        }

        // Met again by reading, which stands still there.
        _source.Detach(_buffer);
        Dispatcher.Change((machine, now) => machine.LiveArrived(items, obstacle.Event.Number - 1, overflowed: true, now));
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

        var unchanged = _storage.UnchangedThrough(Interlocked.Read(ref _life));
        if (await _source.FindLossAsync(_received, Dispatcher.Received, unchanged, ct).ConfigureAwait(false) is { } loss)
            throw new SubscriptionAheadException(Name, loss.Stream, loss.Place, loss.Head);

        // What the buffer has is of before, and what the filter left out behind the certain place may be other events by now.
        var certain = unchanged < long.MaxValue ? Dispatcher.Received : await FindCertainAsync(ct).ConfigureAwait(false);
        _source.Detach(_buffer);
        _buffer.Renew(life);
        Dispatcher.Change((machine, _) => machine.ReadAgain(certain));

        lock (_lock)
        {
            Interlocked.Exchange(ref _life, life);
            if (Lease is not null)
                Lease.Life = life;

            _verified?.SetResult();
            _verified = null;
        }
    }

    /// <summary>
    /// The place up to which nothing that was passed can be different now, where no database tells it: that of the last event that was received,
    /// which is there, or the stored checkpoint, which is never of a later state than the events.
    /// </summary>
    /// <exception cref="TenureAbortedException">The checkpoint shows that what was committed with it is gone.</exception>
    private async ValueTask<long> FindCertainAsync(CancellationToken ct)
    {
        var certain = _received?.Number ?? _beganAt;
        var (committed, parked) = Dispatcher.Written;
        if (Lease is null || (Dispatcher.Received <= certain && committed is null && parked is null))
            return certain;

        // A lost lease is reported elsewhere.
        if (await _leases.StoredAsync(Lease, ct).ConfigureAwait(false) is not { } stored)
            return certain;

        // What was written last has survived together with all that was written before it.
        var lost = stored < committed ? committed
            : stored < parked && !await _leases.Parked.IsThereAsync(Lease, parked.Value, ct).ConfigureAwait(false) ? parked : null;
        return lost is { } place ? throw new TenureAbortedException(new CheckpointBehindException(stored, place)) : Math.Max(certain, stored);
    }

    /// <summary>Writes what is finished, if it isn't written yet and is known to be of the database that answers.</summary>
    public async Task SaveAsync(CancellationToken ct)
    {
        if (!Dispatcher.HasUnsaved)
            return;

        await VerifyAsync(ct).ConfigureAwait(false);
        if (Dispatcher.HasUnsaved)
            await CheckpointAsync(Dispatcher.Finished, ct).ConfigureAwait(false);
    }

    private async Task CheckpointAsync(long place, CancellationToken ct)
    {
        await _checkpointing.WaitAsync(ct).ConfigureAwait(false);
        try
        {
            if (Lease is not null && HasPassedFailure(place))
                await _leases.CheckpointAsync(Lease, place, ct).ConfigureAwait(false);
            else if (Lease is not null)
                await _leases.CheckpointBeforeFailureAsync(Lease, place, ct).ConfigureAwait(false);
        }
        finally
        {
            _checkpointing.Release();
        }

        Dispatcher.Change((machine, now) => machine.Checkpointed(place, now));
    }

    private async Task<bool> TryStopAsync(Lease lease, string error, CancellationToken ct)
    {
        try
        {
            await _leases.StopAsync(lease, error, ct).ConfigureAwait(false);
            return true;
        }
        catch (Exception exception) when (exception is not EventStoreException && !ct.IsCancellationRequested && Safeguards.AcknowledgementFence)
        {
            _ = _storage.Classify(exception);
            LogNotStopped(_logger, _key.Name, exception);
            return false;
        }
    }

    /// <summary>Not while a checkpoint is being written that clears the error of before: it would clear the new one.</summary>
    private async Task NoteFailureAsync(long? place, CancellationToken ct)
    {
        var at = place ?? Dispatcher.Received + 1;
        await _checkpointing.WaitAsync(ct).ConfigureAwait(false);
        lock (_lock)
        {
            _failedAt = _failedAt < at ? _failedAt : at;
        }

        _checkpointing.Release();
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
        _troubles++;
        var failed = exception as FunctionFailedException;
        var delay = failed is null
            ? Backoff.Delay(_troubles, _storeOptions.RetryDelay, LongestTroubleDelay)
            : Backoff.Delay(failed.Number, _options.RetryDelay, _options.MaxRetryDelay);
        LogInterrupted(_logger, _key.Name, delay, ErrorText.Loggable(exception));
        if (!isDatabase)
            await ReportAsync(ErrorText.Describe(exception), failed?.Place, ct).ConfigureAwait(false);

        await Task.Delay(delay, _time, ct).ConfigureAwait(false);
    }

    [LoggerMessage(LogLevel.Warning, "The stop of subscription '{Name}' could not be recorded yet. Nothing is delivered until it is; it is tried again")]
    private static partial void LogNotStopped(ILogger logger, SubscriptionName name, Exception exception);

    [LoggerMessage(LogLevel.Error, "Subscription '{Name}' is interrupted; it goes on where it is in {Delay}")]
    private static partial void LogInterrupted(ILogger logger, SubscriptionName name, TimeSpan delay, Exception exception);

    [LoggerMessage(LogLevel.Error, "Subscription '{Name}' stands still in this process, which lacks what it needs; nothing is parked, and another process may take over. {Error}")]
    private static partial void LogFault(ILogger logger, SubscriptionName name, string error, Exception? exception);

    /// <summary>The part stands still at an event that this process can't handle.</summary>
    /// <param name="Place">The event's place.</param>
    /// <param name="Looks">How often it was read.</param>
    /// <param name="Until">When it is read again.</param>
    private sealed record Standstill(long Place, int Looks, TimeSpan Until);

    /// <summary>A page that is on its way, or has come.</summary>
    /// <param name="From">The first place that it may hold.</param>
    /// <param name="Life">Which life of the store was verified when it was asked for.</param>
    /// <param name="Page">It.</param>
    private sealed record Reading(long From, long Life, Task<SourcePage> Page);
}
