using System.Diagnostics.CodeAnalysis;
using EventStore.EF.Subscriptions.Delivery;
using EventStore.EF.Subscriptions.Leases;

namespace EventStore.EF.Subscriptions.Processing;

/// <summary>
/// The consumers' side of a <see cref="PartitionProcessor"/>: one lock around its <see cref="DeliveryMachine"/>. Consumers acknowledge
/// without waiting for the processor's loop and immediately get what can be sent next; the loop is woken if there is work for it.
/// </summary>
/// <param name="processor">The processor.</param>
/// <param name="machine">Decides which events go to which consumer.</param>
/// <param name="reporter">Reports the position up to which everything is finished; null for a transient subscription.</param>
/// <param name="time">The clock.</param>
[SuppressMessage(
    "Design", "CA1001:Types that own disposable fields should be disposable",
    Justification = "A CancellationTokenSource without a timer holds nothing to dispose, and consumers may look at its token at any time")]
internal sealed class Dispatcher(
    PartitionProcessor processor, DeliveryMachine machine, SubscriptionProgress.Reporter? reporter, TimeProvider time)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<Consumer, int> _consumers = [];
    private readonly CancellationTokenSource _over = new();
    private readonly CancellationTokenSource _closing = new();
    private TaskCompletionSource? _turned;
    private long? _committed;
    private long? _parked;
    private Exception? _reason;

    /// <summary>See <see cref="PartitionProcessor.Over"/>.</summary>
    public CancellationToken Over => _over.Token;

    /// <summary>See <see cref="PartitionProcessor.Closing"/>.</summary>
    public CancellationToken Closing => _closing.Token;

    /// <summary>The position up to which everything is finished.</summary>
    public long Finished => Ask(static machine => machine.Finished);

    /// <summary>The position up to which every event was received or filtered out.</summary>
    public long Received => Ask(static machine => machine.Received);

    /// <summary>
    /// The writes that the database must contain unless it was set back: the checkpoint of a projection's last commit, and the last parked
    /// event's row. Null if there is none.
    /// </summary>
    public (long? Committed, long? Parked) Written
    {
        get
        {
            lock (_lock)
                return (_committed, _parked);
        }
    }

    /// <summary>Whether the checkpoint is behind <see cref="Finished"/>.</summary>
    public bool HasUnsaved => Ask(static machine => machine.HasUnsaved);

    /// <summary>Whether events come from the live buffer rather than from pages.</summary>
    public bool IsLive => Ask(static machine => machine.IsLive);

    /// <summary>Whether events should be taken out of the live buffer now.</summary>
    public bool TakesLive => !Closing.IsCancellationRequested && Ask(static machine => machine.IsLive && machine.HasRoom);

    /// <summary>The number of events in flight.</summary>
    public int InFlight => Ask(static machine => machine.InFlight);

    /// <summary>Whether no event is in flight.</summary>
    public bool IsIdle => InFlight == 0;

    /// <summary>The first consumer that joined; null if there is none.</summary>
    public Consumer? AnyConsumer
    {
        get
        {
            lock (_lock)
                return _consumers.Keys.FirstOrDefault();
        }
    }

    public void Add(Consumer consumer)
    {
        lock (_lock)
        {
            _consumers.TryAdd(consumer, machine.AddConsumer());
            Send();
        }

        processor.Wake();
    }

    /// <summary>Removes a consumer: whatever it did not acknowledge is sent to others.</summary>
    public void Remove(Consumer consumer)
    {
        lock (_lock)
        {
            if (_consumers.Remove(consumer, out var id))
                machine.RemoveConsumer(id);

            Send();
        }

        processor.Wake();
    }

    public bool Has(Consumer consumer)
    {
        lock (_lock)
            return _consumers.ContainsKey(consumer);
    }

    /// <summary>Takes back events that the consumer will not start or not finish: they are sent again.</summary>
    public void TakeBack(Consumer consumer, IReadOnlyList<DeliveryItem> items)
    {
        lock (_lock)
        {
            if (_consumers.TryGetValue(consumer, out var id))
                machine.TakeBack(id, items);

            Send();
        }

        processor.Wake();
    }

    /// <summary>Whether the event at this position was sent to the consumer and is not acknowledged.</summary>
    public bool IsInFlight(Consumer consumer, long place)
    {
        lock (_lock)
            return _consumers.TryGetValue(consumer, out var id) && machine.IsSent(id, place);
    }

    /// <summary>Acknowledges what a consumer was sent, up to a position.</summary>
    /// <exception cref="ArgumentException">The event was never sent to this consumer.</exception>
    /// <exception cref="SubscriptionLostException">The processor is over.</exception>
    public void Acknowledge(Consumer consumer, long place)
        => Change(consumer, place, static (machine, id, place, now) => machine.Acknowledge(id, place, now));

    /// <summary>Skips one event that failed.</summary>
    public void Skip(Consumer consumer, long place)
        => Change(consumer, place, static (machine, id, place, now) => machine.Settle(id, place, now));

    /// <summary>Records that the row of a parked event is committed.</summary>
    public void Parked(Consumer consumer, long place)
    {
        KeepParked(place);
        Change(consumer, place, static (machine, id, place, now) => machine.Park(id, place, now));
    }

    /// <summary>Records that the rows of events parked behind another of their key are committed.</summary>
    public void Parked(IReadOnlyList<DeliveryItem> items)
    {
        KeepParked(items[^1].Place);
        Change((machine, now) => machine.Parked(items, now));
    }

    /// <summary>Records that a parked event is being removed from the table, so its row need no longer exist.</summary>
    public void Unparked(long place)
    {
        lock (_lock)
            _parked = _parked == place ? null : _parked;
    }

    /// <summary>
    /// Records that the consumer has written the checkpoint itself, together with its effects, and acknowledges the events.
    /// </summary>
    public void Committed(Consumer consumer, long place)
    {
        lock (_lock)
            _committed = place;

        Change(consumer, place, static (machine, id, place, now) =>
        {
            machine.Acknowledge(id, place, now);
            machine.Checkpointed(place, now);
        });
    }

    /// <summary>
    /// Whether a consumer may itself write the checkpoint to a position now, with this many events: <see cref="WaitForTurnAsync"/>.
    /// </summary>
    public bool IsTurnOf(long place, int count)
    {
        lock (_lock)
            return machine.TurnOf(place, count) is DeliveryTurn.Now;
    }

    /// <summary>
    /// Completes when a consumer may itself write the checkpoint to a position: earlier events that had to be parked are parked.
    /// </summary>
    /// <param name="place">The position of the last event that the consumer finishes with it.</param>
    /// <param name="count">How many events it finishes with it.</param>
    /// <param name="ct">Cancels waiting.</param>
    /// <exception cref="KeyFreedException">Earlier events must still be handled: the processor must restart.</exception>
    public async ValueTask WaitForTurnAsync(long place, int count, CancellationToken ct)
    {
        while (true)
        {
            Task changed;
            lock (_lock)
            {
                switch (machine.TurnOf(place, count))
                {
                    case DeliveryTurn.Now:
                        return;
                    case DeliveryTurn.Missed:
                        throw new KeyFreedException();
                }

                _turned ??= new(TaskCreationOptions.RunContinuationsAsynchronously);
                changed = _turned.Task;
            }

            using var ending = CancellationTokenSource.CreateLinkedTokenSource(ct, Over);
            await changed.WaitAsync(ending.Token).ConfigureAwait(false);
        }
    }

    /// <summary>Sends what can be sent, and returns the loop's next step.</summary>
    public DeliveryStep Next()
    {
        lock (_lock)
        {
            Send();
            return machine.Next(Now());
        }
    }

    /// <summary>Tells the machine what the loop has done, then sends what can be sent.</summary>
    public void Change(Action<DeliveryMachine, TimeSpan> change)
    {
        lock (_lock)
        {
            change(machine, Now());
            Send();
            _turned?.SetResult();
            _turned = null;
            reporter?.Report(machine.Finished);
        }
    }

    /// <summary>Stops sending: nothing is sent once this has returned.</summary>
    public void BeginClosing()
    {
        lock (_lock)
            _ = _closing.CancelAsync();

        processor.Wake();
    }

    /// <summary>Stops delivering; acknowledgements now fail with the reason.</summary>
    public void Close(Exception? reason)
    {
        lock (_lock)
        {
            _reason ??= reason;

            // Under the lock, so that no acknowledgement follows. Those who wait for the token continue on other threads.
            _ = _over.CancelAsync();
        }
    }

    /// <summary>Throws the exception that ended the processor, if there is one.</summary>
    public void ThrowIfEnded()
    {
        lock (_lock)
        {
            if (Over.IsCancellationRequested && _reason is not null)
                throw _reason;
        }
    }

    private TimeSpan Now() => time.GetElapsedTime(0);

    private void KeepParked(long place)
    {
        lock (_lock)
            _parked = place;
    }

    private T Ask<T>(Func<DeliveryMachine, T> question)
    {
        lock (_lock)
            return question(machine);
    }

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

            var now = Now();
            var wasSaved = !machine.HasUnsaved;
            change(machine, id, place, now);
            Send();
            reporter?.Report(machine.Finished);
            isNews = wasSaved || Closing.IsCancellationRequested || machine.HasStep(now, processor.IsReading) || processor.HasWork;
        }

        if (isNews)
            processor.Wake();
    }

    /// <summary>Hands out whatever can be handed out. Called under the lock after every change.</summary>
    private void Send()
    {
        if (Closing.IsCancellationRequested || Over.IsCancellationRequested)
            return;

        while (machine.NextBatch() is { } batch)
        {
            foreach (var (consumer, id) in _consumers)
            {
                if (id == batch.Consumer)
                    consumer.Offer(new(processor, consumer, batch.Items));
            }
        }
    }
}
