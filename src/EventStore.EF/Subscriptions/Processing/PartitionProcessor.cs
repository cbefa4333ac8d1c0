using EventStore.EF.Errors;
using EventStore.EF.Schema;
using EventStore.EF.Storage;
using EventStore.EF.Subscriptions.Definitions;
using EventStore.EF.Subscriptions.Delivery;
using EventStore.EF.Subscriptions.Leases;
using EventStore.EF.Subscriptions.Sources;
using EventStore.EF.Telemetry;
using EventStore.EF.Threading;
using Microsoft.Extensions.Logging;

namespace EventStore.EF.Subscriptions.Processing;

/// <summary>
/// Processes one partition of a subscription while this process holds it: one loop that carries out the steps of the
/// <see cref="DeliveryMachine"/> that touch the database. The <see cref="Dispatcher"/> handles what consumers are sent and acknowledge.
/// Trouble with the database is waited out with everything in place; the loop ends when the partition is lost or given away.
/// </summary>
internal sealed partial class PartitionProcessor
{
    /// <summary>What transient subscriptions are measured as: each has an id for a name.</summary>
    private static readonly SubscriptionName Transient = "transient";

    private readonly SubscriptionKey _key;
    private readonly SubscriptionOptions _options;
    private readonly IStorage _storage;
    private readonly SubscriptionServices _services;
    private readonly LossCheck _lossCheck;
    private readonly CheckpointWriter _checkpoints;
    private readonly ProcessFaults _faults;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly StoreMeter _meter;
    private readonly PartitionReader _reader;
    private readonly Parking _parking;
    private readonly SubscriptionProgress.Reporter? _reporter;
    private readonly SubscriptionName _measuredAs;
    private readonly IDisposable _inFlight;
    private readonly Signal _signal = new();
    private Exception? _fault;
    private TimeSpan? _givesUpAt;
    private int _troubles;
    private int _stopping;

    /// <param name="place">The last finished position.</param>
    /// <param name="parkedKeys">The keys that have parked events.</param>
    /// <param name="lease">The lease of the partition; <see langword="null"/> for a transient subscription.</param>
    /// <param name="source">The source of the events.</param>
    /// <param name="subscription">The subscription.</param>
    /// <param name="services">What all subscriptions share.</param>
    public PartitionProcessor(
        long place, IReadOnlyList<string> parkedKeys, Lease? lease, ISubscriptionSource source, SubscriptionDefinition subscription,
        SubscriptionServices services)
    {
        Lease = lease;
        _key = subscription.Key;
        _options = subscription.Options;
        (_services, _storage) = (services, services.Storage);
        (_time, _logger, _meter) = (services.Time, services.Logger, services.Meter);
        _reporter = lease is null ? null : services.Progress.Start(lease);
        _reporter?.Report(place);
        Dispatcher = new(this, new(place, subscription.Limits(services.StoreOptions.MaxPageBytes), parkedKeys), _reporter, services.Time);
        var buffer = new LiveBuffer(subscription.WatchedFilter, _options.BufferSize, services.StoreOptions.MaxPageBytes, _signal);
        _lossCheck = new(Name, place, lease, source, buffer, Dispatcher, _signal, services);
        buffer.Renew(_lossCheck.Incarnation);
        _checkpoints = new(lease, Dispatcher, services);
        _faults = new(_key, lease, Dispatcher, _checkpoints, services);
        if (lease is { Suspicion: { IsSuspected: true } or { Alone: not null } or { Ends.IsEmpty: false } } && subscription.IsHosted
            && Safeguards.CrashCounting)
        {
            Suspects = new(lease, subscription.MostInFlight, _options.MaxConsumers, services);
        }

        _reader = new(lease, source, buffer, Dispatcher, _lossCheck, _faults, Suspects, _signal, subscription, services);
        _parking = new(this, parkedKeys, source, subscription, services);
        _measuredAs = lease is null ? Transient : Name;
        _inFlight = _meter.MeasureInFlight(_measuredAs, _key.Partition, () => Dispatcher.InFlight);
    }

    public SubscriptionName Name => _key.Name;

    /// <summary>The lease of the partition; <see langword="null"/> for a transient subscription.</summary>
    public Lease? Lease { get; }

    /// <summary>The events that may have ended the previous process; null if it ended cleanly.</summary>
    public Suspects? Suspects { get; }

    /// <summary>Sends events to the consumers and takes their acknowledgements.</summary>
    public Dispatcher Dispatcher { get; }

    /// <summary>Cancelled when nothing more is delivered and acknowledgements no longer count.</summary>
    public CancellationToken Over => Dispatcher.Over;

    /// <summary>
    /// Cancelled when the partition must be released, for a pause or for another process: events in flight are finished and no others are
    /// started. The release is completed even if the pause ends in the meantime.
    /// </summary>
    public CancellationToken Closing => Dispatcher.Closing;

    /// <summary>The status of the subscription.</summary>
    public EventSubscriptionStatus Status
        => Lease is { IsPaused: true } ? EventSubscriptionStatus.Paused
        : Lease is { IsHeld: false } || _troubles > 0 || _faults.StandsStill ? EventSubscriptionStatus.Interrupted
        : Dispatcher.IsLive ? EventSubscriptionStatus.Live
        : EventSubscriptionStatus.CatchingUp;

    /// <summary>Whether the subscription's events could be read at least once.</summary>
    public bool HasWorked => _reader.HasRead;

    /// <summary>Cancelled as soon as another process may have taken over. There is a new token once it is known that none has.</summary>
    public CancellationToken Held => Lease?.Held ?? Over;

    internal bool IsClosing => Closing.IsCancellationRequested;

    /// <summary>Whether a page is being read, or none should be requested yet.</summary>
    internal bool IsReading => _reader.IsReading || _faults.StandsStill;

    /// <summary>Whether the loop has work that the machine doesn't know of.</summary>
    internal bool HasWork => _reader.HasNews || _parking.IsWaiting;

    /// <summary>Removes a consumer: whatever it did not acknowledge is sent to others.</summary>
    public void Remove(Consumer consumer)
    {
        Dispatcher.Remove(consumer);
        _parking.Left(consumer);
    }

    /// <summary>Records that a reader was given events.</summary>
    public void Delivered(int count) => _meter.Consumed(_measuredAs, count);

    /// <summary>Takes back events that the consumer will not start or not finish: they are sent again.</summary>
    public void TakeBack(ConsumerDelivery delivery)
    {
        if (delivery.Replay is null)
            Dispatcher.TakeBack(delivery.Consumer, delivery.Items);
        else
            _parking.Left(delivery.Consumer);

        _signal.Set();
    }

    /// <summary>
    /// Completes when no other process can have taken over: immediately, unless this one was paused or cut off from the database for longer
    /// than its lease.
    /// </summary>
    /// <exception cref="SubscriptionLostException">Another process has taken over.</exception>
    public ValueTask WaitUntilHeldAsync(CancellationToken ct)
        => Lease is null or { IsHeld: true } ? ValueTask.CompletedTask : new(Lease.WaitUntilHeldAsync(ct));

    /// <summary>The row of the parked event at this position, if the consumer was given it to replay.</summary>
    public ParkedRow? ReplayOf(Consumer consumer, long place) => _parking.ReplayOf(consumer, place);

    /// <inheritdoc cref="LossCheck.WaitAsync"/>
    public ValueTask WaitUntilVerifiedAsync(CancellationToken ct) => _lossCheck.WaitAsync(ct);

    /// <inheritdoc cref="CheckpointWriter.ReportAsync"/>
    public Task ReportAsync(string error, long? place, CancellationToken ct) => _checkpoints.ReportAsync(error, place, ct);

    /// <inheritdoc cref="ProcessFaults.WaitOutAsync"/>
    public Task WaitOutFaultAsync(ProcessFaultException fault, long place, int faults, CancellationToken ct)
        => _faults.WaitOutAsync(fault, place, faults, ct);

    /// <summary>
    /// Pauses the subscription with an error until somebody resumes it, and ends the processor. From this call on nothing more is sent, and
    /// the partition is kept until the pause is recorded, however long the database is unavailable.
    /// </summary>
    public async Task StopAsync(string error, long place, CancellationToken ct)
    {
        if (Lease is null)
            throw new InvalidOperationException("Handlers run by the host are durable.");

        Interlocked.Increment(ref _stopping);
        if (Safeguards.AcknowledgementFence)
            Dispatcher.BeginClosing();

        try
        {
            await _checkpoints.PauseAsync(error, place, ct).ConfigureAwait(false);
            Dispatcher.BeginClosing();
        }
        finally
        {
            Interlocked.Decrement(ref _stopping);
            _signal.Set();
        }
    }

    /// <summary>
    /// Applies the policy to an event for which one of the subscription's functions kept failing, at a consumer that reads batches.
    /// </summary>
    public async Task SettleAsync(Consumer consumer, DeliveryItem item, CancellationToken ct)
    {
        var (failure, attempts) = (item.Failure!, _options.MaxAttempts);
        switch (_options.OnError)
        {
            case SubscriptionErrorPolicy.Skip:
                Failures.LogSkipped(_logger, Name, item.Event, attempts, failure);
                _meter.Skipped(_measuredAs);
                Dispatcher.Skip(consumer, item.Place);
                break;

            case SubscriptionErrorPolicy.Park when item.Key is not null:
                Failures.LogParked(_logger, Name, item, attempts, failure);
                await ParkAsync(consumer, item, ErrorText.Describe(failure), attempts, ct).ConfigureAwait(false);
                break;

            default:
                Dispatcher.BeginClosing();
                Failures.LogStopped(_logger, Name, item.Event, attempts, failure);
                await StopAsync(
                    $"Event {item.Event.Position} ('{item.Event.EventType}'): {ErrorText.Describe(failure)}", item.Place, ct)
                    .ConfigureAwait(false);
                break;
        }
    }

    /// <summary>
    /// Ends the processor because of an unexpected exception; the partition restarts from its checkpoint. Once this has returned, nothing
    /// can be acknowledged: a consumer's next acknowledgement would cover the event that it failed to handle.
    /// </summary>
    public void Abort(Exception exception)
    {
        _fault = exception;
        if (Safeguards.AcknowledgementFence)
            Dispatcher.Close(new ProcessingAbortedException(exception));

        _signal.Set();
    }

    /// <summary>Whether the key has parked events.</summary>
    public bool IsParked(string? key) => key is not null && _parking.Contains(key);

    /// <summary>
    /// Parks an event in flight; completes when its row is committed. Without an error, the event only queues behind an earlier one of its
    /// key.
    /// </summary>
    public Task ParkAsync(Consumer consumer, DeliveryItem item, string? error, int attempts, CancellationToken ct)
    {
        var request = new ParkRequest(consumer, item, error, attempts);
        _parking.Request(request);
        _signal.Set();
        return request.Task.WaitAsync(ct);
    }

    /// <summary>Records that a replayed event was handled or failed again.</summary>
    public void Replayed(ParkedRow row, string? error)
    {
        if (error is null)
            Dispatcher.Unparked(row.Place);

        _parking.Replayed(row, error);
        _signal.Set();
    }

    /// <summary>Runs until the partition is lost or given to another process, or until cancelled.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        if (Lease is not null)
        {
            Lease.Changed += OnChanged;

            // Earlier changes are not raised again.
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
        catch (Exception exception) when (exception is not EventStoreException && !ct.IsCancellationRequested
            && Lease is { Lost.IsCancellationRequested: true })
        {
            // Whatever was interrupted: the lease knows the reason.
            Lease.ThrowIfLost();
        }
        finally
        {
            await running.CancelAsync().ConfigureAwait(false);
            await _reader.EndAsync().ConfigureAwait(false);
            if (Lease is not null)
                Lease.Changed -= OnChanged;
        }
    }

    /// <summary>Stops delivering; acknowledgements now fail with the reason.</summary>
    public void Close(Exception? reason)
    {
        Dispatcher.Close(reason);
        _reporter?.Dispose();
        _inFlight.Dispose();
        _parking.Close(reason);
    }

    /// <summary>Makes the loop look for work.</summary>
    internal void Wake() => _signal.Set();

    private static bool IsTrouble(Exception exception)
        => exception is not (StreamDeletedException or StreamRecreatedException or SubscriptionAheadException or ProcessingAbortedException)
            && !LeaseEnds.Is(exception);

    private TimeSpan Now() => _time.GetElapsedTime(0);

    private void OnChanged()
    {
        if (Lease is { IsPaused: true } or { IsRequested: true } or { IsRedefined: true })
            Dispatcher.BeginClosing();

        _signal.Set();
    }

    /// <summary>Whether the partition must be released and the events in flight are finished.</summary>
    private bool IsGivenAway()
    {
        if (!IsClosing || Volatile.Read(ref _stopping) > 0)
            return false;

        // A consumer that never acknowledges keeps the partition no longer than a dead process would.
        _givesUpAt ??= Now() + _services.StoreOptions.LeaseDuration;
        return Now() >= _givesUpAt || (Dispatcher.IsIdle && !_parking.IsBusy);
    }

    private async Task StepAsync(CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        if (_fault is not null)
            throw new ProcessingAbortedException(_fault);

        await WaitUntilHeldAsync(ct).ConfigureAwait(false);
        await _lossCheck.RunAsync(ct).ConfigureAwait(false);
        await _faults.SeeAsync(ct).ConfigureAwait(false);
        if (Lease is not null && await _parking.StepAsync(Lease, ct).ConfigureAwait(false))
            return;

        if (Suspects is { IsSearching: true } suspects && suspects.IsThrough(Dispatcher.Finished, _parking.HasReplays))
            await suspects.EndAsync(ct).ConfigureAwait(false);

        var step = Dispatcher.Next();
        switch (step.Kind)
        {
            case DeliveryStepKind.Checkpoint:
                await _checkpoints.WriteAsync(step.Place, ct).ConfigureAwait(false);
                break;

            case DeliveryStepKind.Park:
                await _parking.ParkBehindAsync(Lease!, step.Items, ct).ConfigureAwait(false);
                break;

            case DeliveryStepKind.ReadPage when !IsClosing && _faults.DelayAt(step.Place) is { } left:
                await WaitAsync(left < _options.CheckpointAfter ? left : _options.CheckpointAfter, ct).ConfigureAwait(false);
                break;

            case DeliveryStepKind.ReadPage when !IsClosing:
                await _reader.ReadPageAsync(step.Place, ct).ConfigureAwait(false);
                break;

            case DeliveryStepKind.Attach when !IsClosing:
                await _reader.AttachAsync(step.Place, ct).ConfigureAwait(false);
                break;

            default:
                await WaitAsync(step.Within, ct).ConfigureAwait(false);
                break;
        }
    }

    private async Task WaitAsync(TimeSpan? within, CancellationToken ct)
    {
        if (!_reader.CanTakeNews)
        {
            if (_givesUpAt - Now() is { } left && !(left > within))
                within = left;

            if (within is { } timeout)
                await _signal.WaitAsync(timeout > TimeSpan.Zero ? timeout : TimeSpan.Zero, _time, ct).ConfigureAwait(false);
            else
                await _signal.WaitAsync(ct).ConfigureAwait(false);
        }

        if (_reader.CanTakeNews)
            _reader.TakeNews();
    }

    /// <summary>
    /// Writes the finished position unless it has been written, once it is verified to belong to the database that answers.
    /// </summary>
    public async Task SaveAsync(CancellationToken ct)
    {
        if (!Dispatcher.HasUnsaved)
            return;

        await _lossCheck.RunAsync(ct).ConfigureAwait(false);
        if (Dispatcher.HasUnsaved)
            await _checkpoints.WriteAsync(Dispatcher.Finished, ct).ConfigureAwait(false);
    }

    /// <summary>
    /// Waits out trouble with the database, or an exception of the application's functions: nothing is lost, and everything is retried.
    /// </summary>
    private async Task WaitOutAsync(Exception exception, CancellationToken ct)
    {
        var failed = exception as FunctionFailedException;
        var isDatabase = failed is null && _storage.Classify(exception) is not StorageFailure.None;
        _troubles++;
        var delay = failed is null
            ? _services.TroubleDelay(_troubles)
            : Backoff.Delay(failed.Number, _options.RetryDelay, _options.MaxRetryDelay);
        LogInterrupted(_logger, _key.Name, delay, ErrorText.Loggable(exception));
        if (!isDatabase)
            await ReportAsync(ErrorText.Describe(exception), failed?.Place, ct).ConfigureAwait(false);

        await Task.Delay(delay, _time, ct).ConfigureAwait(false);
    }

    [LoggerMessage(3008, LogLevel.Error, "Subscription '{Name}' is interrupted; in {Delay} it continues where it was")]
    private static partial void LogInterrupted(ILogger logger, SubscriptionName name, TimeSpan delay, Exception exception);
}
