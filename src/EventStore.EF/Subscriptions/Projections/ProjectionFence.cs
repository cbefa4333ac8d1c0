using System.Data.Common;
using EventStore.EF.Subscriptions.Delivery;
using EventStore.EF.Subscriptions.Leases;
using EventStore.EF.Subscriptions.Processing;

namespace EventStore.EF.Subscriptions.Projections;

/// <summary>
/// Makes effects permanent once, and only while this process holds the lease: moves the checkpoint over the events in the transaction of
/// their effects, or removes a replayed event's row in it. Afterwards it can tell whether a commit that was not answered has happened.
/// </summary>
/// <param name="lease">The lease of the partition.</param>
/// <param name="items">The events.</param>
/// <param name="replay">The parked row of the single event, if it is replayed.</param>
/// <param name="services">What all subscriptions share.</param>
internal sealed class ProjectionFence(Lease lease, IReadOnlyList<DeliveryItem> items, ParkedRow? replay, SubscriptionServices services)
{
    private long _askedAt;

    /// <summary>Whether the effects may be committed although no answer has confirmed it.</summary>
    public bool IsInDoubt { get; private set; }

    /// <summary>Whether an attempt whose outcome was unknown has committed the effects. Afterwards nothing is in doubt.</summary>
    /// <exception cref="SubscriptionLostException">Another process has taken over.</exception>
    /// <exception cref="SubscriptionDeletedException">The subscription was deleted.</exception>
    public async ValueTask<bool> IsPassedAsync(CancellationToken ct)
    {
        if (!IsInDoubt)
            return false;

        // This waits for the attempt's transaction, which locks the subscription's row from the fence to its end.
        var isPassed = replay is null
            ? await services.Leases.Checkpoints.PositionAsync(lease, ct).ConfigureAwait(false) >= items[^1].Place
            : !await services.Leases.Parked.IsParkedAsync(lease, replay, ct).ConfigureAwait(false);
        IsInDoubt = false;
        return isPassed;
    }

    /// <summary>Runs the last statement of the transaction.</summary>
    /// <exception cref="InvalidOperationException">The lease is lost or the effects already exist; <see cref="IsPassedAsync"/> tells
    /// which.</exception>
    public async Task PassAsync(DbTransaction transaction, CancellationToken ct)
    {
        _askedAt = services.Time.GetTimestamp();
        var connection = transaction.Connection!;
        IsInDoubt = true;
        var isPassed = replay is null
            ? await services.Leases.Checkpoints.ProjectAsync(connection, transaction, lease, items[0].Place, items[^1].Place, ct)
                .ConfigureAwait(false)
            : await services.Leases.Parked.ProjectAsync(connection, transaction, lease, replay, ct).ConfigureAwait(false);
        if (!isPassed)
            throw new InvalidOperationException(
                $"The checkpoint of subscription '{lease.Key.Name}' is not where this process left it, before event " +
                $"{items[0].Event.Position}.");
    }

    /// <summary>Records that the database has confirmed the commit.</summary>
    public void Committed()
    {
        IsInDoubt = false;
        lease.Renewed(_askedAt);
    }
}
