using EventStore.EF.Schema;
using EventStore.EF.Storage.Sql;

namespace EventStore.EF.Subscriptions.Leases;

/// <summary>
/// Detects by the clock of this process leases that are no longer renewed. If the database's clock is set back, a dead owner's lease would
/// last that much longer. Where it can be told that an owner's process has ended, its leases need not expire. A detected lease is only a
/// candidate: the statement that acquires the partition compares the mark and raises the epoch.
/// </summary>
/// <remarks>
/// A living owner renews every third of the lease duration and stops by its own clock if it could not renew for all of it. So a lease whose
/// mark hasn't changed for the whole duration has no working owner; the additional third allows for clocks that run at different speeds.
/// </remarks>
internal sealed class StandstillMonitor(TimeProvider time, Func<string, bool> hasEnded)
{
    private readonly Dictionary<SubscriptionKey, Seen> _seen = [];

    /// <summary>Replaced as a whole, because other threads read it.</summary>
    private Dictionary<SubscriptionKey, StillLease> _still = [];

    /// <summary>
    /// The time until the next lease counts as not renewed, unless it is renewed; <see langword="null"/> if there is none.
    /// </summary>
    public TimeSpan? Within { get; private set; }

    /// <summary>The lease of a partition, if it is no longer renewed.</summary>
    public StillLease? Find(SubscriptionKey key) => Volatile.Read(ref _still).GetValueOrDefault(key);

    /// <summary>Observes the partitions that this process stands by for.</summary>
    /// <param name="rows">
    /// The rows just read. What is known of other partitions is kept: between a stand-by's turn and its attempt, nobody looks at its
    /// partition.
    /// </param>
    /// <param name="askedAt">The timestamp before the rows were read: whatever they show was not renewed until then.</param>
    public void See(IEnumerable<SubscriptionRow> rows, long askedAt)
    {
        var readAt = time.GetTimestamp();
        var still = new Dictionary<SubscriptionKey, StillLease>(_still);
        Within = null;
        foreach (var row in rows)
        {
            still.Remove(row.Key);
            _seen.Remove(row.Key, out var before);
            if (row is not { LeaseMark: { } mark, LeaseDuration: { } duration, IsPaused: false })
                continue;

            var lease = new StillLease(row.Epoch, mark);
            var entry = before?.Lease == lease ? before : new(lease, readAt);
            _seen.Add(row.Key, entry);
            var left = row.Owner is { } owner && hasEnded(owner)
                ? TimeSpan.Zero
                : duration + (duration / 3) - time.GetElapsedTime(entry.Since, askedAt);
            if (left <= TimeSpan.Zero)
                still.Add(row.Key, lease);
            else if (Within is null || left < Within)
                Within = left + TimeSpan.FromMilliseconds(1);
        }

        Volatile.Write(ref _still, still);
    }

    private sealed record Seen(StillLease Lease, long Since);
}

/// <summary>A lease that is no longer renewed, as it was last seen.</summary>
/// <param name="Epoch">The lease's epoch.</param>
/// <param name="Mark">The end of the lease as text.</param>
internal sealed record StillLease(long Epoch, string Mark);
