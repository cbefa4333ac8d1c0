using EventStore.EF.Subscriptions.Delivery;

namespace EventStore.EF.Tests.Subscriptions.Delivery;

/// <content>The consumers: what they may be sent, and what they do with it.</content>
internal sealed partial class DeliveryModel
{
    private bool SendBatch()
    {
        var batch = _machine.NextBatch();
        var turn = _turns.FindIndex(consumer => Limits.BufferSize - consumer.Sent.Count >= Limits.RefillAt && FirstFor(consumer) is not null);
        Assert.Equal(turn < 0 ? null : _turns[turn].Id, batch?.Consumer);
        if (batch is not { } sent)
            return false;

        var to = _turns[turn];
        Assert.NotEmpty(sent.Items);
        Assert.True(sent.Items.Count <= Limits.BatchSize);
        foreach (var stored in sent.Items.Select(Find))
        {
            // The earliest that may go to it: in order over all, and in order by key.
            Assert.Equal(FirstFor(to)?.Place, stored.Place);
            Assert.True(Fits(Find(sent.Items[0]), stored));
            if (stored.Key is { } key)
            {
                Assert.True(to.Last.GetValueOrDefault(key) < stored.Place);
                Assert.DoesNotContain(Unfinished, other => other.Key == key && other.Place < stored.Place && (other.State, other.Consumer) != (ModelState.Sent, to));
                to.Last[key] = stored.Place;
            }

            (stored.State, stored.Consumer, stored.WasSent) = (ModelState.Sent, to, true);
            to.Sent.Add(stored);
            to.HighestSent = Math.Max(to.HighestSent, stored.Place);
        }

        Assert.True(sent.Items.Count == Limits.BatchSize || FirstFor(to) is not { } next || !Fits(Find(sent.Items[0]), next), "The batch could have held more.");
        _turns.RemoveAt(turn);
        _turns.Add(to);
        return true;
    }

    /// <summary>The earliest event that may go to the consumer: nobody else has one of its key, and no earlier one of its key waits.</summary>
    private ModelEvent? FirstFor(ModelConsumer consumer)
    {
        if (consumer.Sent.Count >= Limits.BufferSize || consumer.Sent.Sum(stored => stored.Size) >= Limits.Bytes)
            return null;

        var elsewhere = _turns.Where(other => other != consumer).SelectMany(other => other.Sent).Select(stored => stored.Key).ToHashSet();
        return Received.FirstOrDefault(stored => stored.State is ModelState.Waiting && !IsParked(stored)
            && (stored.Key is null || !Limits.OrderByKey || !elsewhere.Contains(stored.Key)));
    }

    private bool Fits(ModelEvent first, ModelEvent next)
        => Limits.MixBatches || (first.Item.Event.StreamName == next.Item.Event.StreamName && first.Item.Event.CorrelationId == next.Item.Event.CorrelationId);

    private ModelConsumer? Choose(int choice) => _turns.Count == 0 ? null : _turns[choice % _turns.Count];

    private void Acknowledge(int choice, Func<List<ModelEvent>, int, ModelEvent> choose)
    {
        if (Choose(choice) is not { Sent: { Count: > 0 } sent } consumer)
            return;

        var last = choose(sent, choice / 7);
        _machine.Acknowledge(consumer.Id, last.Place, _now);
        var count = sent.IndexOf(last) + 1;
        sent[..count].ForEach(Finish);
        sent.RemoveRange(0, count);
    }

    private void AcknowledgeAgain(int choice)
    {
        if (Choose(choice) is not { } consumer || _store.Where(stored => stored is { State: ModelState.Finished } && stored.Consumer == consumer).ToArray() is not { Length: > 0 } finished)
            return;

        var place = finished[choice / 7 % finished.Length].Place;
        _machine.Acknowledge(consumer.Id, place, _now);
        _machine.Settle(consumer.Id, place, _now);
    }

    private void AcknowledgeWhatWasNotSent(int choice)
    {
        if (Choose(choice) is not { } consumer)
            return;

        // What is finished, or was filtered out before something that is, may be forgotten; everything else is told apart for ever.
        var forgotten = _store.Where(stored => stored.State is ModelState.Finished).Select(stored => stored.Place).DefaultIfEmpty(0).Max();
        var places = Enumerable.Range(1, (int)Head + 1).Select(place => (long)place)
            .Where(place => !consumer.Sent.Any(sent => sent.Place == place)
                && (place > forgotten || place > consumer.HighestSent || Unfinished.Any(stored => stored.Place == place))).ToArray();
        var chosen = places[choice / 7 % places.Length];
        Assert.Throws<ArgumentException>(() => _machine.Acknowledge(consumer.Id, chosen, _now));
        Assert.Throws<ArgumentException>(() => _machine.Settle(consumer.Id, chosen, _now));
        Assert.Throws<ArgumentException>(() => _machine.Park(consumer.Id, chosen, _now));
    }

    private void FinishOne(int choice, bool isParked)
    {
        if (Choose(choice) is not { Sent: { Count: > 0 } sent } consumer)
            return;

        var one = sent[choice / 7 % sent.Count];
        if (isParked && one.Key is null)
        {
            Assert.Throws<ArgumentException>(() => _machine.Park(consumer.Id, one.Place, _now));
            return;
        }

        if (isParked)
        {
            _machine.Park(consumer.Id, one.Place, _now);
            _parked.Add(one.Key!);
            one.WasParked = true;
        }
        else
        {
            _machine.Settle(consumer.Id, one.Place, _now);
        }

        Finish(one);
        sent.Remove(one);
    }

    private void Unpark(string key)
    {
        var isBusy = _parked.Contains(key) && Unfinished.Any(stored => stored.Key == key && stored.State is ModelState.Sent or ModelState.Parking);
        Assert.Equal(!isBusy, _machine.TryUnpark(key));
        if (!isBusy)
            _parked.Remove(key);

        Assert.Equal(isBusy, _machine.IsParked(key));
    }

    private void Leave(int choice)
    {
        if (Choose(choice) is not { } consumer)
            return;

        _machine.RemoveConsumer(consumer.Id);
        _turns.Remove(consumer);
        _hasLeft = true;
        foreach (var stored in consumer.Sent)
            (stored.State, stored.Consumer) = (ModelState.Waiting, null);

        Assert.Throws<ArgumentException>(() => _machine.Acknowledge(consumer.Id, Head, _now));
    }

    /// <summary>The consumer gives back the last events that it was sent.</summary>
    private void GiveBack(int choice)
    {
        if (Choose(choice) is not { Sent: { Count: > 0 } sent } consumer)
            return;

        var first = choice / 7 % sent.Count;
        var back = sent[first..];
        sent.RemoveRange(first, back.Count);
        _hasLeft = true;
        foreach (var stored in back)
        {
            (stored.State, stored.Consumer) = (ModelState.Waiting, null);
            if (stored.Key is { } key)
                consumer.Last[key] = Math.Min(consumer.Last[key], stored.Place - 1);
        }

        // What it has finished meanwhile, and what it never had, is no matter.
        var finished = _store.Where(stored => stored.State is ModelState.Finished && stored.Consumer == consumer).TakeLast(1);
        _machine.TakeBack(consumer.Id, [.. finished.Concat(back).Select(stored => stored.Item)]);
        _machine.TakeBack(consumer.Id, [.. back.Select(stored => stored.Item)]);
    }

    private void Join()
    {
        if (_turns.Count == _case.Consumers)
            return;

        var served = _turns.FindIndex(consumer => consumer.HighestSent > 0);
        _turns.Insert(served < 0 ? _turns.Count : served, new ModelConsumer(_machine.AddConsumer()));
    }

    /// <summary>As a projection does in its own transaction: sometimes before it acknowledges, sometimes late.</summary>
    private void SaveFromOutside(int choice)
    {
        var first = Unfinished.FirstOrDefault()?.Place ?? _received;
        Saved(choice % 2 == 0 ? first : Math.Max(0, first - 3));
    }

    private void Finish(ModelEvent stored)
    {
        stored.State = ModelState.Finished;
        _finishedSinceSaved++;
    }
}
