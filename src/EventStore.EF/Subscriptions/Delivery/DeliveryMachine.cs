namespace EventStore.EF.Subscriptions.Delivery;

/// <summary>
/// Decides what a subscription does next: pure transitions, without I/O, threads or a clock. The caller carries out the steps that
/// <see cref="Next"/> returns, hands the batches of <see cref="NextBatch"/> to the consumers, and reports the outcome of both. One lock
/// around every call protects it.
/// </summary>
/// <remarks>
/// The next step is the first of these: a checkpoint that is due, events to park, what the <see cref="DeliverySource"/> wants (its states
/// and transitions are drawn there), waiting. The incarnation of a received event:
/// <code>
///             NextBatch          Acknowledge, Settle, Park
///  Pending ──────────────▶ Sent ──────────────────────────▶ Finished
///    │  ▲                   │                                  ▲
///    │  └───────────────────┘ RemoveConsumer, TakeBack         │
///    └─ Next, when its key is parked ──▶ Parking ──── Parked ──┘
///
///  input \ event            Pending        Sent to it             Sent to another   Parking     Finished by it   Finished otherwise
///  NextBatch                Sent           –                      –                 –           –                –
///  Acknowledge              exception      Finished, with those   exception         exception   no-op            exception, no-op
///                                          sent to it before                                                     once forgotten
///  Settle, Park             exception      Finished               exception         exception   no-op            the same
///  RemoveConsumer, TakeBack –              Pending                –                 –           –                –
///  Next, its key parked     Parking        –                      –                 –           –                –
///  Parked                   exception      exception              exception         Finished    exception        exception
/// </code>
/// A checkpoint changes none of these states, whenever it is due.
/// </remarks>
internal sealed class DeliveryMachine(long checkpoint, DeliveryLimits limits, IEnumerable<string> parkedKeys)
{
    private readonly DeliverySource _source = new(checkpoint);
    private readonly DeliveryWindow _window = new();
    private readonly DeliveryPending _pending = new(limits.OrderByKey, parkedKeys);
    private readonly DeliveryProgress _progress = new(checkpoint, limits.CheckpointEvery, limits.CheckpointAfter);
    private readonly Dictionary<int, DeliveryConsumer> _consumers = [];

    /// <summary>The consumers, least recently served first; new ones before all that have been served.</summary>
    private readonly List<DeliveryConsumer> _turns = [];

    private readonly List<DeliveryItem> _batch = [];
    private int _lastConsumer;

    /// <summary>Whether events come from the live buffer rather than from pages.</summary>
    public bool IsLive => _source.IsLive;

    /// <summary>
    /// Whether more may be received. While it is false, the live buffer is left alone: it overflows, which bounds memory.
    /// </summary>
    public bool HasRoom => Queued < limits.QueueSize && QueuedBytes < limits.Bytes;

    /// <summary>The position up to which every event was received or filtered out.</summary>
    public long Received => _source.Received;

    /// <summary>The position up to which everything is handled, skipped, parked or filtered out.</summary>
    public long Finished => _progress.Finished;

    /// <summary>Whether a checkpoint would move.</summary>
    public bool HasUnsaved => _progress.HasUnsaved;

    /// <summary>The number of events sent and not finished, at all consumers.</summary>
    public int InFlight { get; private set; }

    /// <summary>The number of events received and neither sent nor finished: pending, or being parked.</summary>
    public int Queued { get; private set; }

    /// <summary>The bytes of the same events.</summary>
    public long QueuedBytes { get; private set; }

    /// <summary>Adds a consumer. Returns its id, which is never used again.</summary>
    public int AddConsumer()
    {
        var consumer = new DeliveryConsumer(++_lastConsumer);
        _consumers.Add(consumer.Id, consumer);
        var served = _turns.FindIndex(other => other.HighestSent is not null);
        _turns.Insert(served < 0 ? _turns.Count : served, consumer);
        return consumer.Id;
    }

    /// <summary>Removes a consumer: what it has not acknowledged goes to others, in order. Does nothing if it has already left.</summary>
    public void RemoveConsumer(int consumer)
    {
        if (!_consumers.Remove(consumer, out var left))
            return;

        _turns.Remove(left);
        var entries = new List<DeliveryEntry>(left.InFlight);
        while (left.Sent.First is not null)
        {
            var entry = left.Sent.TakeFirst();
            entry.State = DeliveryState.Pending;
            entry.Consumer = null;
            entries.Add(entry);
        }

        PutBack(entries);
    }

    /// <summary>
    /// Takes back events that were sent to the consumer: they wait again, in order. Finished ones are ignored. They must be the last ones
    /// of their keys that were sent to it.
    /// </summary>
    public void TakeBack(int consumer, IReadOnlyList<DeliveryItem> items)
    {
        var entries = new List<DeliveryEntry>(items.Count);
        foreach (var item in items)
        {
            if (_window.Find(item.Place) is not { State: DeliveryState.Sent } entry || entry.Consumer?.Id != consumer)
                continue;

            entry.Consumer.Sent.Remove(entry);
            entry.Consumer.InFlight--;
            entry.Consumer.InFlightBytes -= entry.Size;
            entry.State = DeliveryState.Pending;
            entry.Consumer = null;
            entries.Add(entry);
        }

        PutBack(entries);
    }

    /// <summary>Returns the next step. Without a report in between, it returns the same step again, but events to park only once.</summary>
    /// <param name="now">Any clock that only goes forward.</param>
    public DeliveryStep Next(TimeSpan now)
    {
        if (_progress.IsDue(now))
            return new(DeliveryStepKind.Checkpoint, Finished, []);

        if (_pending.HasToPark)
            return new(DeliveryStepKind.Park, Finished, TakeToPark());

        return _source.Next(HasRoom) switch
        {
            DeliveryStepKind.ReadPage => new(DeliveryStepKind.ReadPage, _source.Received + 1, []),
            DeliveryStepKind.Attach => new(DeliveryStepKind.Attach, _source.Received, []),
            _ => new(DeliveryStepKind.Wait, _source.Received, [], _progress.DueIn(now)),
        };
    }

    /// <summary>Whether <see cref="Next"/> would return anything except waiting, and except a page that is already being read.</summary>
    public bool HasStep(TimeSpan now, bool isReading)
        => _progress.IsDue(now) || _pending.HasToPark || (!isReading && _source.Next(HasRoom) is not DeliveryStepKind.Wait);

    /// <summary>
    /// Returns the next events in order for one consumer, the least recently served that can have any; they are in flight from now on. Null
    /// if nothing can be sent now.
    /// </summary>
    public DeliveryBatch? NextBatch()
    {
        for (var turn = 0; turn < _turns.Count; turn++)
        {
            var consumer = _turns[turn];
            var room = limits.BufferSize - consumer.InFlight;
            if (room < limits.RefillAt || IsFull(consumer) || _pending.FirstFor(consumer) is not { } first)
                continue;

            _batch.Clear();
            var most = Math.Min(limits.BatchSize, room);
            for (var next = first;
                next is not null && _batch.Count < most && !IsFull(consumer) && Mixes(first, next);
                next = _pending.FirstFor(consumer))
                Send(next, consumer);

            _turns.RemoveAt(turn);
            _turns.Add(consumer);
            return new(consumer.Id, _batch.ToArray());
        }

        return null;
    }

    /// <summary>Reports that a page requested by <see cref="DeliveryStepKind.ReadPage"/> has arrived.</summary>
    /// <param name="items">Its events for this subscription, in order.</param>
    /// <param name="through">The position up to which it was complete.</param>
    /// <param name="isEnd">Whether nothing came after that position when it was read.</param>
    /// <param name="now">Any clock that only goes forward.</param>
    public void PageArrived(IReadOnlyList<DeliveryItem> items, long through, bool isEnd, TimeSpan now)
    {
        Receive(items, through, now);
        _source.PageArrived(isEnd);
    }

    /// <summary>Reports whether the tail reader accepted the subscription, or refused it because it is already ahead.</summary>
    /// <exception cref="InvalidOperationException">Attaching was not requested: events between what was received and the tail would be
    /// lost.</exception>
    public void Attached(bool accepted) => _source.Attached(accepted);

    /// <summary>Reports that the live buffer was emptied.</summary>
    /// <param name="items">Its events for this subscription, in order.</param>
    /// <param name="through">The position up to which it was complete.</param>
    /// <param name="overflowed">Whether it has given up after that position because it was full.</param>
    /// <param name="now">Any clock that only goes forward.</param>
    public void LiveArrived(IReadOnlyList<DeliveryItem> items, long through, bool overflowed, TimeSpan now)
    {
        if (!_source.TakesLive)
            return;

        Receive(items, through, now);
        if (overflowed)
            _source.Overflow();
    }

    /// <summary>
    /// Reads everything after the position again, in pages, and no longer counts it as finished: what was filtered out there may be
    /// different events now.
    /// </summary>
    /// <param name="after">At or beyond the last received event.</param>
    public void ReadAgain(long after)
    {
        _source.ReadAgain(after);
        _progress.Return(after);
    }

    /// <summary>
    /// Reports that the consumer has finished the event and all that were sent to it before. Does nothing if the event was already finished
    /// by this consumer, or was finished by another one and is earlier than the oldest unfinished event: its consumer is no longer known.
    /// </summary>
    /// <exception cref="ArgumentException">The event was never sent to this consumer, or the consumer has left.</exception>
    public void Acknowledge(int consumer, long place, TimeSpan now)
    {
        var at = Consumer(consumer);
        if (FindSent(at, place) is not { } last)
            return;

        DeliveryEntry first;
        do
        {
            first = at.Sent.First!;
            FinishSent(first, at);
        }
        while (first != last);

        Advance(now);
    }

    /// <summary>Reports that the consumer has finished exactly this event (it was skipped after errors).</summary>
    /// <exception cref="ArgumentException">As for <see cref="Acknowledge"/>.</exception>
    public void Settle(int consumer, long place, TimeSpan now)
    {
        var at = Consumer(consumer);
        if (FindSent(at, place) is not { } entry)
            return;

        FinishSent(entry, at);
        Advance(now);
    }

    /// <summary>
    /// Reports that the event is in the table of parked events: it is finished and its key is parked. <see cref="Next"/> returns the key's
    /// pending events as soon as no other event of it is in flight, so that they are parked in order. Consumers that have those in flight
    /// ask <see cref="IsParked"/> and park them too.
    /// </summary>
    /// <exception cref="ArgumentException">As for <see cref="Acknowledge"/>; or the event has no key, so nothing could queue behind
    /// it.</exception>
    public void Park(int consumer, long place, TimeSpan now)
    {
        var at = Consumer(consumer);
        if (FindSent(at, place) is not { } entry)
            return;

        var key = entry.Item.Key
            ?? throw new ArgumentException($"The event at {place} has no partition key and cannot be parked.", nameof(place));
        _pending.Park(key, _window);
        FinishSent(entry, at);
        Advance(now);
    }

    /// <summary>Reports that a <see cref="DeliveryStepKind.Park"/> step was carried out: its rows are committed.</summary>
    /// <exception cref="ArgumentException">An item doesn't belong to such a step; those before it are finished.</exception>
    public void Parked(IReadOnlyList<DeliveryItem> items, TimeSpan now)
    {
        foreach (var item in items)
        {
            if (_window.Find(item.Place) is not { State: DeliveryState.Parking } entry)
                throw new ArgumentException($"The event at {item.Place} is not being parked.", nameof(items));

            entry.Key!.Parking--;
            Queued--;
            QueuedBytes -= entry.Size;
            Finish(entry);
        }

        Advance(now);
    }

    /// <summary>Whether the event is in flight at the consumer.</summary>
    public bool IsSent(int consumer, long place)
        => _window.Find(place) is { State: DeliveryState.Sent } entry && entry.Consumer?.Id == consumer;

    /// <summary>
    /// Whether a consumer may itself write the checkpoint at a position, as a projection does in the transaction of its effects: whether
    /// everything before it is finished, except what the consumer finishes together with it.
    /// </summary>
    /// <param name="place">The position of the last event that it finishes.</param>
    /// <param name="count">How many it finishes.</param>
    public DeliveryTurn TurnOf(long place, int count)
    {
        var (sent, parking) = (0, 0);
        foreach (var entry in _window.Unfinished.TakeWhile(entry => entry.Place <= place))
        {
            if (entry.State is DeliveryState.Sent)
                sent++;
            else if (entry.State is DeliveryState.Parking || entry.Key is { IsParked: true })
                parking++;
            else
                return DeliveryTurn.Missed;
        }

        return sent > count ? DeliveryTurn.Missed : parking > 0 ? DeliveryTurn.Later : DeliveryTurn.Now;
    }

    /// <summary>Whether events of the key go to the table of parked events.</summary>
    public bool IsParked(string key) => _pending.IsParked(key);

    /// <summary>
    /// Reports that the table of parked events has nothing more of the key: its later events are delivered again. False, without a change,
    /// while an event of it is in flight (it may still be parked) or being written to the table.
    /// </summary>
    public bool TryUnpark(string key) => _pending.TryUnpark(key);

    /// <summary>
    /// Reports that a checkpoint is written, by a step of this machine or in a projection's own transaction. Does nothing if it is lower
    /// than before.
    /// </summary>
    public void Checkpointed(long place, TimeSpan now) => _progress.Saved(place, now);

    private void Receive(IReadOnlyList<DeliveryItem> items, long through, TimeSpan now)
    {
        for (var index = 0; index < items.Count; index++)
        {
            if (!_source.Receive(items[index].Place))
                continue;

            var entry = new DeliveryEntry(items[index]);
            _window.Add(entry);
            _pending.Add(entry);
            Queued++;
            QueuedBytes += entry.Size;
        }

        _source.Receive(through);
        Advance(now);
    }

    /// <summary>Makes sent entries wait again, in order.</summary>
    private void PutBack(List<DeliveryEntry> entries)
    {
        InFlight -= entries.Count;
        Queued += entries.Count;
        QueuedBytes += entries.Sum(entry => (long)entry.Size);
        entries.Sort((one, other) => one.Place.CompareTo(other.Place));
        _pending.PutBack(entries);
    }

    /// <summary>
    /// Whether the bytes in flight at a consumer leave no room for another event; there is always room if nothing is in flight.
    /// </summary>
    private bool IsFull(DeliveryConsumer consumer) => consumer.InFlightBytes >= limits.Bytes;

    private bool Mixes(DeliveryEntry first, DeliveryEntry next)
        => limits.MixBatches || first == next
            || (first.Item.Failure is null && next.Item.Failure is null
                && first.Item.Event.StreamName == next.Item.Event.StreamName
                && first.Item.Event.CorrelationId == next.Item.Event.CorrelationId);

    private void Send(DeliveryEntry entry, DeliveryConsumer consumer)
    {
        _pending.Send(entry, consumer);
        entry.State = DeliveryState.Sent;
        entry.Consumer = consumer;
        consumer.Sent.Append(entry);
        consumer.HighestSent = Math.Max(consumer.HighestSent ?? entry.Place, entry.Place);
        consumer.InFlight++;
        consumer.InFlightBytes += entry.Size;
        InFlight++;
        Queued--;
        QueuedBytes -= entry.Size;
        _batch.Add(entry.Item);
    }

    private DeliveryItem[] TakeToPark()
    {
        var items = new List<DeliveryItem>();
        foreach (var entry in _pending.TakeToPark())
        {
            entry.State = DeliveryState.Parking;
            items.Add(entry.Item);
        }

        return [.. items];
    }

    private DeliveryConsumer Consumer(int consumer) => _consumers.TryGetValue(consumer, out var found)
        ? found
        : throw new ArgumentException($"There is no consumer {consumer}: it has left, or never joined.", nameof(consumer));

    /// <summary>The event in flight at the consumer; null if it is finished.</summary>
    private DeliveryEntry? FindSent(DeliveryConsumer consumer, long place)
    {
        if (consumer.Sent.First is { } first && first.Place == place)
            return first;

        var entry = _window.Find(place);
        if (entry?.Consumer == consumer)
            return entry!.State is DeliveryState.Sent ? entry : null;

        return entry is null && place <= consumer.HighestSent && place <= _window.ForgottenThrough
            ? null
            : throw new ArgumentException($"The event at {place} was not sent to consumer {consumer.Id}.", nameof(place));
    }

    private void FinishSent(DeliveryEntry entry, DeliveryConsumer consumer)
    {
        consumer.Sent.Remove(entry);
        consumer.InFlight--;
        consumer.InFlightBytes -= entry.Size;
        InFlight--;
        _pending.Finish(entry);
        Finish(entry);
    }

    private void Finish(DeliveryEntry entry)
    {
        _progress.Count();
        _window.Finish(entry);
    }

    /// <summary>Everything before the first unfinished event is finished; if there is none, everything received is.</summary>
    private void Advance(TimeSpan now) => _progress.Advance(_window.First is { } first ? first.Place - 1 : _source.Received, now);
}
