using System.Diagnostics.CodeAnalysis;

namespace EventStore.EF;

/// <summary>
/// The consumers' side of a <see cref="Tenure"/>: one lock around its <see cref="DeliveryMachine"/>. Consumers acknowledge without waiting for
/// the tenure's loop, and get what can be sent next at once; the loop is woken when there is something for it to do.
/// </summary>
/// <param name="tenure">Whose deliveries they are.</param>
/// <param name="machine">Says what goes to whom.</param>
/// <param name="reporter">Is told how far everything is finished; null for a transient subscription.</param>
/// <param name="time">The clock.</param>
[SuppressMessage("Design", "CA1001:Types that own disposable fields should be disposable", Justification = "A source of cancellation without timer holds nothing to free, and consumers may look at its token at any time")]
internal sealed class Dispatcher(Tenure tenure, DeliveryMachine machine, SubscriptionProgress.Reporter? reporter, TimeProvider time)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<Consumer, int> _consumers = [];
    private readonly CancellationTokenSource _over = new();
    private readonly CancellationTokenSource _closing = new();
    private TaskCompletionSource? _turned;
    private long? _committed;
    private long? _parked;
    private Exception? _reason;

    /// <summary>See <see cref="Tenure.Over"/>.</summary>
    public CancellationToken Over => _over.Token;

    /// <summary>See <see cref="Tenure.Closing"/>.</summary>
    public CancellationToken Closing => _closing.Token;

    /// <summary>Everything up to this place is finished.</summary>
    public long Finished => Ask(static machine => machine.Finished);

    /// <summary>Every event up to this place has been received or filtered out.</summary>
    public long Received => Ask(static machine => machine.Received);

    /// <summary>
    /// What the database must have if it is in the state in which it was left: the checkpoint of the last commit of a projection, and the last
    /// row of a parked event. Null where there is none.
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

    /// <summary>Whether events of the live buffer are to be taken out of it now.</summary>
    public bool TakesLive => !Closing.IsCancellationRequested && Ask(static machine => machine.IsLive && machine.HasRoom);

    /// <summary>Whether no event is at a consumer.</summary>
    public bool IsIdle => Ask(static machine => machine.InFlight == 0);

    /// <summary>Whoever came first; null when there is nobody.</summary>
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

        tenure.Wake();
    }

    /// <summary>The consumer is gone: what it did not acknowledge is sent to others.</summary>
    public void Remove(Consumer consumer)
    {
        lock (_lock)
        {
            if (_consumers.Remove(consumer, out var id))
                machine.RemoveConsumer(id);

            Send();
        }

        tenure.Wake();
    }

    public bool Has(Consumer consumer)
    {
        lock (_lock)
            return _consumers.ContainsKey(consumer);
    }

    /// <summary>The consumer has not begun these, or not finished them, and won't: they are sent again.</summary>
    public void TakeBack(Consumer consumer, IReadOnlyList<DeliveryItem> items)
    {
        lock (_lock)
        {
            if (_consumers.TryGetValue(consumer, out var id))
                machine.TakeBack(id, items);

            Send();
        }

        tenure.Wake();
    }

    /// <summary>Whether the event at this place was sent to the consumer and is not acknowledged.</summary>
    public bool IsInFlight(Consumer consumer, long place)
    {
        lock (_lock)
            return _consumers.TryGetValue(consumer, out var id) && machine.IsSent(id, place);
    }

    /// <summary>Acknowledges what a consumer was sent up to a place.</summary>
    /// <exception cref="ArgumentException">It was never sent to this consumer.</exception>
    /// <exception cref="SubscriptionLostException">The tenure is over.</exception>
    public void Acknowledge(Consumer consumer, long place) => Change(consumer, place, static (machine, id, place, now) => machine.Acknowledge(id, place, now));

    /// <summary>Passes over one event that failed.</summary>
    public void Skip(Consumer consumer, long place) => Change(consumer, place, static (machine, id, place, now) => machine.Settle(id, place, now));

    /// <summary>An event's row of the parked ones is committed.</summary>
    public void Parked(Consumer consumer, long place)
    {
        KeepParked(place);
        Change(consumer, place, static (machine, id, place, now) => machine.Park(id, place, now));
    }

    /// <summary>The same of events that were parked behind one of their key.</summary>
    public void Parked(IReadOnlyList<DeliveryItem> items)
    {
        KeepParked(items[^1].Place);
        Change((machine, now) => machine.Parked(items, now));
    }

    /// <summary>A parked event is being taken out of the table: its row need not be there any more.</summary>
    public void Unparked(long place)
    {
        lock (_lock)
            _parked = _parked == place ? null : _parked;
    }

    /// <summary>The consumer has written the checkpoint itself, together with its effects, and then acknowledges.</summary>
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

    /// <summary>Whether a consumer may write the checkpoint to a place itself, with so many events, at once: <see cref="WaitForTurnAsync"/>.</summary>
    public bool IsTurnOf(long place, int count)
    {
        lock (_lock)
            return machine.TurnOf(place, count) is DeliveryTurn.Now;
    }

    /// <summary>
    /// Completes when a consumer may write the checkpoint to a place itself: what stands before it and is to be parked, is parked.
    /// </summary>
    /// <param name="place">The last of the events that the consumer finishes with it.</param>
    /// <param name="count">How many events it finishes with it.</param>
    /// <param name="ct">Cancels waiting.</param>
    /// <exception cref="KeyFreedException">Earlier events are still to be handled: the tenure must begin again.</exception>
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

    /// <summary>What the loop is to do next; sends what can be sent before.</summary>
    public DeliveryStep Next()
    {
        lock (_lock)
        {
            Send();
            return machine.Next(Now());
        }
    }

    /// <summary>Tells the machine what the loop has done, and sends what can be sent then.</summary>
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

    /// <summary>Nothing more is sent when this has returned.</summary>
    public void BeginClosing()
    {
        lock (_lock)
            _ = _closing.CancelAsync();

        tenure.Wake();
    }

    /// <summary>Nothing more is delivered; whoever acknowledges is told why.</summary>
    public void Close(Exception? reason)
    {
        lock (_lock)
        {
            _reason ??= reason;

            // Under the lock: no acknowledgement comes after it. Whoever waits for it goes on elsewhere.
            _ = _over.CancelAsync();
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
            isNews = wasSaved || Closing.IsCancellationRequested || machine.HasStep(now, tenure.IsReading) || tenure.HasWork;
        }

        if (isNews)
            tenure.Wake();
    }

    /// <summary>Hands out whatever can be handed out. To be called under the lock after every change.</summary>
    private void Send()
    {
        if (Closing.IsCancellationRequested || Over.IsCancellationRequested)
            return;

        while (machine.NextBatch() is { } batch)
        {
            foreach (var (consumer, id) in _consumers)
            {
                if (id == batch.Consumer)
                    consumer.Offer(new(tenure, consumer, batch.Items));
            }
        }
    }
}
