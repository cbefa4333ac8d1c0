using System.Data.Common;

namespace EventStore.EF;

/// <summary>
/// Lets effects become permanent once, and only while the lease is this process's: moves the checkpoint over the events in the transaction of
/// their effects, or takes a replayed event's row out in it. Afterwards it can tell what became of a commit that was not answered.
/// </summary>
/// <param name="lease">The hold on the part.</param>
/// <param name="items">The events.</param>
/// <param name="replay">The parked row of the one event, if it is replayed.</param>
/// <param name="parts">What all subscriptions share.</param>
internal sealed class ProjectionFence(Lease lease, IReadOnlyList<DeliveryItem> items, ParkedRow? replay, SubscriptionParts parts)
{
    private long _askedAt;

    /// <summary>Whether the effects may be committed although nobody has said so.</summary>
    public bool IsInDoubt { get; private set; }

    /// <summary>Whether the effects were committed by an attempt whose outcome was unknown. Afterwards nothing is in doubt.</summary>
    /// <exception cref="SubscriptionLostException">Another process has taken over.</exception>
    /// <exception cref="SubscriptionDeletedException">The subscription was deleted.</exception>
    public async ValueTask<bool> IsPassedAsync(CancellationToken ct)
    {
        if (!IsInDoubt)
            return false;

        // Whoever looks waits for the attempt's transaction: from the fence to its end it has the subscription's row.
        var isPassed = replay is null
            ? await parts.Leases.PositionAsync(lease, ct).ConfigureAwait(false) >= items[^1].Place
            : !await parts.Leases.Parked.IsParkedAsync(lease, replay, ct).ConfigureAwait(false);
        IsInDoubt = false;
        return isPassed;
    }

    /// <summary>Writes the last statement of the transaction.</summary>
    /// <exception cref="InvalidOperationException">The lease is lost, or the effects are there already; <see cref="IsPassedAsync"/> tells.</exception>
    public async Task PassAsync(DbTransaction transaction, CancellationToken ct)
    {
        _askedAt = parts.Time.GetTimestamp();
        var connection = transaction.Connection!;
        IsInDoubt = true;
        var isPassed = replay is null
            ? await parts.Leases.ProjectAsync(connection, transaction, lease, items[0].Place, items[^1].Place, ct).ConfigureAwait(false)
            : await parts.Leases.Parked.ProjectAsync(connection, transaction, lease, replay, ct).ConfigureAwait(false);
        if (!isPassed)
            throw new InvalidOperationException($"The checkpoint of subscription '{lease.Key.Name}' is not where this process left it, before event {items[0].Event.Position}.");
    }

    /// <summary>The database has answered that all is committed.</summary>
    public void Committed()
    {
        IsInDoubt = false;
        lease.Renewed(_askedAt);
    }
}
