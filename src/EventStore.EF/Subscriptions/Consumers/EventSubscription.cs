using System.Runtime.CompilerServices;

namespace EventStore.EF;

/// <summary>A consumer that reads batches: one of those of its group.</summary>
internal sealed class EventSubscription(SubscriptionGroup group, Consumer consumer) : IEventSubscription
{
    private readonly Lock _lock = new();

    /// <summary>Of each part: in which of its tenures something was delivered last. An acknowledgement of an earlier one means nothing to the next.</summary>
    private readonly Tenure?[] _delivered = new Tenure?[group.Parts.Count];

    /// <summary>Replays that were delivered and not acknowledged, each with the places that were delivered after it.</summary>
    private readonly List<(Delivery Replay, HashSet<(int Part, long Place)> After)> _replays = [];

    /// <summary>Taken out of what was sent, but not delivered, because reading was cancelled.</summary>
    private Delivery? _unread;

    public SubscriptionName Name => group.Name;

    public EventSubscriptionStatus Status => group.Status;

    public async IAsyncEnumerable<EventBatch> ReadBatchesAsync([EnumeratorCancellation] CancellationToken ct = default)
    {
        while (Volatile.Read(ref _unread) is not null || await consumer.Deliveries.WaitToReadAsync(ct).ConfigureAwait(false))
        {
            // Also while there is something to take, so that it ends when it is told to.
            ct.ThrowIfCancellationRequested();
            var delivery = Interlocked.Exchange(ref _unread, null);
            if (delivery is null && !consumer.Deliveries.TryRead(out delivery))
                continue;

            if (delivery.IsInterrupted)
            {
                delivery.Tenure.TakeBack(delivery);
                continue;
            }

            // After this process stood still, nothing is delivered before it is known that no other has taken over.
            try
            {
                await delivery.Tenure.WaitUntilHeldAsync(ct).ConfigureAwait(false);
            }
            catch (SubscriptionLostException)
            {
                continue;
            }
            catch (OperationCanceledException)
            {
                // Whoever reads on gets it first: an acknowledgement of what comes after it would cover it.
                Volatile.Write(ref _unread, delivery);
                throw;
            }

            var items = delivery.Items;
            if (delivery.Replay is null && items[0].Failure is not null)
            {
                await SettleAsync(delivery, ct).ConfigureAwait(false);
                continue;
            }

            Remember(delivery);
            yield return new(
                [.. items.Select(item => item.Event)], group.IsMapped ? [.. items.Select(item => item.Mapped)] : null, delivery.Replay is not null, delivery);
        }
    }

    public ValueTask AckAsync(EventBatch batch, CancellationToken ct = default)
    {
        ArgumentNullException.ThrowIfNull(batch);
        if (batch.Origin is not Delivery delivery || delivery.Consumer != consumer)
            throw new ArgumentException($"The batch was not delivered to this consumer of subscription '{Name}'.", nameof(batch));

        return delivery.Replay is { } row
            ? AcknowledgeReplayAsync(delivery.Tenure, row, ct)
            : AcknowledgeAsync(delivery.Tenure, group.PartOf(batch.Events[^1]), delivery.Items[^1].Place, ct);
    }

    public ValueTask AckAsync(RecordedEvent @event, CancellationToken ct = default)
    {
        ArgumentNullException.ThrowIfNull(@event);
        var tenure = TenureOf(@event);
        return tenure.ReplayOf(consumer, @event.Number) is { } row
            ? AcknowledgeReplayAsync(tenure, row, ct)
            : AcknowledgeAsync(tenure, group.PartOf(@event), @event.Number, ct);
    }

    public async Task ParkAsync(RecordedEvent @event, string error, CancellationToken ct = default)
    {
        ArgumentNullException.ThrowIfNull(@event);
        ArgumentException.ThrowIfNullOrWhiteSpace(error);
        var tenure = TenureOf(@event);
        if (tenure.Lease is null)
            throw new InvalidOperationException("A transient subscription has no place for parked events; use a durable one.");

        if (!await HasAsync(tenure, ct).ConfigureAwait(false))
            return;

        if (tenure.ReplayOf(consumer, @event.Number) is { } row)
        {
            tenure.Replayed(row, error);
            return;
        }

        var key = PartitionKey.Require(group.KeyOf(@event))
            ?? throw new InvalidOperationException($"Event {@event.Position} has no partition key, so nothing says which later events must wait with it. Acknowledge it, or stop.");
        if (!tenure.Dispatcher.IsInFlight(consumer, @event.Number))
            throw new ArgumentException($"Event {@event.Position} is not in flight at this consumer of subscription '{Name}'.", nameof(@event));

        await tenure.ParkAsync(consumer, new(@event, key, null), error, 1, ct).ConfigureAwait(false);
    }

    public ValueTask DisposeAsync() => new(group.LeaveAsync(consumer));

    /// <summary>The event never reaches whoever reads: a function of the subscription fails for it.</summary>
    private async Task SettleAsync(Delivery delivery, CancellationToken ct)
    {
        try
        {
            await delivery.Tenure.SettleAsync(consumer, delivery.Items[0], ct).ConfigureAwait(false);
            if (delivery.IsInterrupted)
                delivery.Tenure.TakeBack(delivery);
        }
        catch (Exception) when (delivery.IsInterrupted && !ct.IsCancellationRequested)
        {
            // It is delivered again, here or elsewhere.
            delivery.Tenure.TakeBack(delivery);
        }
        catch (OperationCanceledException)
        {
            Volatile.Write(ref _unread, delivery);
            throw;
        }
    }

    private void Remember(Delivery delivery)
    {
        var part = group.PartOf(delivery.Items[0].Event);
        lock (_lock)
        {
            _delivered[part] = delivery.Tenure;
            _replays.RemoveAll(replay => replay.Replay.Tenure.Over.IsCancellationRequested);
            if (delivery.Replay is not null)
            {
                _replays.Add((delivery, []));
                return;
            }

            foreach (var (_, after) in _replays)
                after.UnionWith(delivery.Items.Select(item => (part, item.Place)));
        }
    }

    /// <summary>Who delivered the event.</summary>
    private Tenure TenureOf(RecordedEvent @event)
    {
        lock (_lock)
        {
            return _delivered[group.PartOf(@event)]
                ?? throw new ArgumentException($"Event {@event.Position} was not delivered to this consumer of subscription '{Name}'.", nameof(@event));
        }
    }

    private async ValueTask AcknowledgeAsync(Tenure tenure, int part, long place, CancellationToken ct)
    {
        if (!await HasAsync(tenure, ct).ConfigureAwait(false))
            return;

        tenure.Dispatcher.Acknowledge(consumer, place);
        Delivery[] before;
        lock (_lock)
        {
            before = [.. _replays.Where(replay => replay.After.Contains((part, place))).Select(replay => replay.Replay)];
            _replays.RemoveAll(replay => before.Contains(replay.Replay));
        }

        // What was replayed before it is acknowledged with it.
        foreach (var replay in before)
        {
            if (replay.Tenure.ReplayOf(consumer, replay.Items[0].Place) == replay.Replay)
                replay.Tenure.Replayed(replay.Replay!, null);
        }
    }

    /// <summary>
    /// Whether what is said of a delivery still means something. When the subscription was rewound or given back since, it doesn't: the events are
    /// delivered again.
    /// </summary>
    /// <exception cref="SubscriptionLostException">Another process has taken over.</exception>
    private static async ValueTask<bool> HasAsync(Tenure tenure, CancellationToken ct)
    {
        try
        {
            await tenure.WaitUntilHeldAsync(ct).ConfigureAwait(false);
        }
        catch (SubscriptionLostException) when (tenure.Lease is { IsReset: true })
        {
            return false;
        }

        tenure.Dispatcher.ThrowIfEnded();
        return !tenure.Over.IsCancellationRequested;
    }

    private async ValueTask AcknowledgeReplayAsync(Tenure tenure, ParkedRow row, CancellationToken ct)
    {
        if (!await HasAsync(tenure, ct).ConfigureAwait(false))
            return;

        lock (_lock)
            _replays.RemoveAll(replay => replay.Replay.Replay == row);

        if (tenure.ReplayOf(consumer, row.Place) == row)
            tenure.Replayed(row, null);
    }
}
