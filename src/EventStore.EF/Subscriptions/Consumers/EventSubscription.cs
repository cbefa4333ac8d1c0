using System.Runtime.CompilerServices;

namespace EventStore.EF;

/// <summary>A consumer that reads batches: one of those of its group.</summary>
internal sealed class EventSubscription(SubscriptionGroup group, Consumer consumer) : IEventSubscription
{
    public SubscriptionName Name => group.Name;

    public EventSubscriptionStatus Status => group.Status;

    public async IAsyncEnumerable<EventBatch> ReadBatchesAsync([EnumeratorCancellation] CancellationToken ct = default)
    {
        await foreach (var delivery in consumer.Deliveries.ReadAllAsync(ct).ConfigureAwait(false))
        {
            if (delivery.Tenure.Over.IsCancellationRequested)
                continue;

            // After this process stood still, nothing is delivered before it is known that no other has taken over.
            try
            {
                await delivery.Tenure.WaitUntilHeldAsync(ct).ConfigureAwait(false);
            }
            catch (SubscriptionLostException)
            {
                continue;
            }

            var items = delivery.Items;
            yield return new(
                [.. items.Select(item => item.Event)], group.IsMapped ? [.. items.Select(item => item.Mapped)] : null, delivery.Replay is not null, delivery);
        }
    }

    public ValueTask AckAsync(EventBatch batch, CancellationToken ct = default)
    {
        ArgumentNullException.ThrowIfNull(batch);
        if (batch.Origin is not Delivery delivery || delivery.Consumer != consumer)
            throw new ArgumentException($"The batch was not delivered to this consumer of subscription '{Name}'.", nameof(batch));

        return AcknowledgeAsync(delivery.Tenure, delivery.Items[^1].Place, delivery.Replay, ct);
    }

    public ValueTask AckAsync(RecordedEvent @event, CancellationToken ct = default)
    {
        ArgumentNullException.ThrowIfNull(@event);
        return group.TenureOf(@event) is { } tenure
            ? AcknowledgeAsync(tenure, @event.Number, tenure.ReplayOf(consumer, @event.Number), ct)
            : ValueTask.CompletedTask;
    }

    public async Task ParkAsync(RecordedEvent @event, string error, CancellationToken ct = default)
    {
        ArgumentNullException.ThrowIfNull(@event);
        ArgumentException.ThrowIfNullOrWhiteSpace(error);
        if (group.TenureOf(@event) is not { } tenure)
            return;

        if (tenure.Lease is null)
            throw new InvalidOperationException("A transient subscription has no place for parked events; use a durable one.");

        await tenure.WaitUntilHeldAsync(ct).ConfigureAwait(false);
        if (tenure.ReplayOf(consumer, @event.Number) is { } row)
        {
            tenure.Replayed(row, error);
            return;
        }

        var key = group.KeyOf(@event)
            ?? throw new InvalidOperationException($"Event {@event.Position} has no partition key, so nothing says which later events must wait with it. Acknowledge it, or stop.");
        if (!tenure.IsInFlight(consumer, @event.Number))
            throw new ArgumentException($"Event {@event.Position} is not in flight at this consumer of subscription '{Name}'.", nameof(@event));

        await tenure.ParkAsync(consumer, new(@event, key, null), error, 1, ct).ConfigureAwait(false);
    }

    public ValueTask DisposeAsync() => new(group.LeaveAsync(consumer));

    private ValueTask AcknowledgeAsync(Tenure tenure, long place, ParkedRow? replay, CancellationToken ct)
    {
        if (replay is null)
            return tenure.AcknowledgeAsync(consumer, place, ct);

        tenure.Replayed(replay, null);
        return ValueTask.CompletedTask;
    }
}
