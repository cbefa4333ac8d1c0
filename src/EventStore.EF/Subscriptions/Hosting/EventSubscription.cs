using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using EventStore.EF.Subscriptions.Definitions;
using EventStore.EF.Subscriptions.Leases;
using EventStore.EF.Subscriptions.Processing;

namespace EventStore.EF.Subscriptions.Hosting;

/// <summary>A consumer that reads batches; one of its group.</summary>
[SuppressMessage(
    "Design", "CA2213:Disposable fields should be disposed",
    Justification = "A CancellationTokenSource without a timer holds nothing to dispose, and is looked at after the end")]
internal sealed class EventSubscription(SubscriptionGroup group, Consumer consumer) : IEventSubscription
{
    private readonly Lock _lock = new();
    private readonly CancellationTokenSource _disposed = new();
    private volatile bool _isDisposed;

    /// <summary>
    /// For each partition, the processor in which something was delivered last. An acknowledgement of an earlier processor means nothing to
    /// the next.
    /// </summary>
    private readonly PartitionProcessor?[] _delivered = new PartitionProcessor?[group.Parts.Count];

    /// <summary>The replays that were delivered but not acknowledged, each with the positions that were delivered after it.</summary>
    private readonly List<(ConsumerDelivery Replay, HashSet<(int Part, long Place)> After)> _replays = [];

    /// <summary>A delivery that was taken from the channel but not delivered, because reading was cancelled.</summary>
    private ConsumerDelivery? _unread;

    public SubscriptionName Name => group.Name;

    public EventSubscriptionStatus Status => group.Status;

    public async Task WaitUntilActiveAsync(CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _disposed.Token);
        try
        {
            await group.WaitUntilActiveAsync(ending.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (_isDisposed && !cancellationToken.IsCancellationRequested)
        {
            throw new ObjectDisposedException(nameof(IEventSubscription));
        }
    }

    public async IAsyncEnumerable<EventBatch> ReadBatchesAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        while (Volatile.Read(ref _unread) is not null || await consumer.Deliveries.WaitToReadAsync(cancellationToken).ConfigureAwait(false))
        {
            // Checked even if there is something to take, so that cancellation ends the loop.
            cancellationToken.ThrowIfCancellationRequested();
            var delivery = Interlocked.Exchange(ref _unread, null);
            if (delivery is null && !consumer.Deliveries.TryRead(out delivery))
                continue;

            if (delivery.IsInterrupted)
            {
                delivery.Processor.TakeBack(delivery);
                continue;
            }

            // After this process was paused, nothing is delivered until it is known that no other process has taken over.
            try
            {
                await delivery.Processor.WaitUntilHeldAsync(cancellationToken).ConfigureAwait(false);
            }
            catch (SubscriptionLostException)
            {
                continue;
            }
            catch (OperationCanceledException)
            {
                // The next reader gets it first: acknowledging what comes after it would cover it.
                Volatile.Write(ref _unread, delivery);
                throw;
            }

            var items = delivery.Items;
            if (delivery.Replay is null && items[0].Failure is not null)
            {
                await SettleAsync(delivery, cancellationToken).ConfigureAwait(false);
                continue;
            }

            Remember(delivery);
            delivery.Processor.Delivered(items.Count);
            yield return new(
                [.. items.Select(item => item.Event)], group.IsMapped ? [.. items.Select(item => item.Mapped)] : null,
                delivery.Replay is not null, delivery);
        }
    }

    public ValueTask AckAsync(EventBatch batch, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(batch);
        if (batch.Origin is not ConsumerDelivery delivery || delivery.Consumer != consumer)
            throw new ArgumentException($"The batch was not delivered to this consumer of subscription '{Name}'.", nameof(batch));

        return delivery.Replay is { } row
            ? AcknowledgeReplayAsync(delivery.Processor, row, cancellationToken)
            : AcknowledgeAsync(delivery.Processor, group.PartOf(batch.Events[^1]), delivery.Items[^1].Place, cancellationToken);
    }

    public ValueTask AckAsync(RecordedEvent @event, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(@event);
        var processor = ProcessorOf(@event);
        return processor.ReplayOf(consumer, @event.Number) is { } row
            ? AcknowledgeReplayAsync(processor, row, cancellationToken)
            : AcknowledgeAsync(processor, group.PartOf(@event), @event.Number, cancellationToken);
    }

    public async Task ParkAsync(RecordedEvent @event, string error, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(@event);
        ArgumentException.ThrowIfNullOrWhiteSpace(error);
        var processor = ProcessorOf(@event);
        if (processor.Lease is null)
            throw new InvalidOperationException("A transient subscription cannot park events; use a durable one.");

        if (!await HasAsync(processor, cancellationToken).ConfigureAwait(false))
            return;

        if (processor.ReplayOf(consumer, @event.Number) is { } row)
        {
            processor.Replayed(row, error);
            return;
        }

        var key = PartitionKey.Require(group.KeyOf(@event))
            ?? throw new InvalidOperationException(
                $"Event {@event.Position} has no partition key, so it is unknown which later events must wait with it. " +
                "Acknowledge it, or stop.");
        if (!processor.Dispatcher.IsInFlight(consumer, @event.Number))
        {
            throw new ArgumentException(
                $"Event {@event.Position} is not in flight at this consumer of subscription '{Name}'.", nameof(@event));
        }

        await processor.ParkAsync(consumer, new(@event, key, null), error, 1, cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        _isDisposed = true;
        await _disposed.CancelAsync().ConfigureAwait(false);
        await group.LeaveAsync(consumer).ConfigureAwait(false);
    }

    /// <summary>Applies the policy to an event that never reaches the reader because a function of the subscription fails for it.</summary>
    private async Task SettleAsync(ConsumerDelivery delivery, CancellationToken ct)
    {
        try
        {
            await delivery.Processor.SettleAsync(consumer, delivery.Items[0], ct).ConfigureAwait(false);
            if (delivery.IsInterrupted)
                delivery.Processor.TakeBack(delivery);
        }
        catch (Exception) when (delivery.IsInterrupted && !ct.IsCancellationRequested)
        {
            // It is delivered again, here or in another process.
            delivery.Processor.TakeBack(delivery);
        }
        catch (OperationCanceledException)
        {
            Volatile.Write(ref _unread, delivery);
            throw;
        }
    }

    private void Remember(ConsumerDelivery delivery)
    {
        var part = group.PartOf(delivery.Items[0].Event);
        lock (_lock)
        {
            _delivered[part] = delivery.Processor;
            _replays.RemoveAll(replay => replay.Replay.Processor.Over.IsCancellationRequested);
            if (delivery.Replay is not null)
            {
                _replays.Add((delivery, []));
                return;
            }

            foreach (var (_, after) in _replays)
                after.UnionWith(delivery.Items.Select(item => (part, item.Place)));
        }
    }

    /// <summary>The processor that delivered the event.</summary>
    private PartitionProcessor ProcessorOf(RecordedEvent @event)
    {
        lock (_lock)
        {
            return _delivered[group.PartOf(@event)]
                ?? throw new ArgumentException(
                    $"Event {@event.Position} was not delivered to this consumer of subscription '{Name}'.", nameof(@event));
        }
    }

    private async ValueTask AcknowledgeAsync(PartitionProcessor processor, int part, long place, CancellationToken ct)
    {
        if (!await HasAsync(processor, ct).ConfigureAwait(false))
            return;

        processor.Dispatcher.Acknowledge(consumer, place);
        ConsumerDelivery[] before;
        lock (_lock)
        {
            before = [.. _replays.Where(replay => replay.After.Contains((part, place))).Select(replay => replay.Replay)];
            _replays.RemoveAll(replay => before.Contains(replay.Replay));
        }

        // Events replayed before it are acknowledged with it.
        foreach (var replay in before)
        {
            if (replay.Processor.ReplayOf(consumer, replay.Items[0].Place) == replay.Replay)
                replay.Processor.Replayed(replay.Replay!, null);
        }
    }

    /// <summary>
    /// Whether an answer to a delivery still counts. If the subscription was rewound or released in the meantime, it doesn't: the events
    /// are delivered again.
    /// </summary>
    /// <exception cref="SubscriptionLostException">Another process has taken over.</exception>
    private static async ValueTask<bool> HasAsync(PartitionProcessor processor, CancellationToken ct)
    {
        try
        {
            await processor.WaitUntilHeldAsync(ct).ConfigureAwait(false);
        }
        catch (SubscriptionLostException) when (processor.Lease is { IsReset: true })
        {
            return false;
        }

        processor.Dispatcher.ThrowIfEnded();
        return !processor.Over.IsCancellationRequested;
    }

    private async ValueTask AcknowledgeReplayAsync(PartitionProcessor processor, ParkedRow row, CancellationToken ct)
    {
        if (!await HasAsync(processor, ct).ConfigureAwait(false))
            return;

        lock (_lock)
            _replays.RemoveAll(replay => replay.Replay.Replay == row);

        if (processor.ReplayOf(consumer, row.Place) == row)
            processor.Replayed(row, null);
    }
}
