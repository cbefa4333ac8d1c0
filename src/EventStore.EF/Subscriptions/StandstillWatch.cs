namespace EventStore.EF;

/// <summary>
/// Notices leases that are no longer renewed, by the clock of this process. The database's clock may be set back, and a dead owner's lease would
/// then run for as long again. What it finds is only an offer: taking the partition compares the mark in the same statement, and raises the epoch.
/// </summary>
/// <remarks>
/// A living owner renews every third of its lease's duration, and stops by its own clock when it could not for the whole of it. So a lease whose
/// mark stands still for its duration has no owner that still works; the third on top is for clocks of different speed.
/// </remarks>
internal sealed class StandstillWatch(TimeProvider time)
{
    private readonly Dictionary<SubscriptionKey, Seen> _seen = [];

    /// <summary>Replaced as a whole: others read it.</summary>
    private Dictionary<SubscriptionKey, StillLease> _still = [];

    /// <summary>When the next lease will have stood still for long enough, if nobody renews it; <see langword="null"/> when none may.</summary>
    public TimeSpan? Within { get; private set; }

    /// <summary>The lease of a partition, if it stands still.</summary>
    public StillLease? Find(SubscriptionKey key) => Volatile.Read(ref _still).GetValueOrDefault(key);

    /// <summary>Takes note of the partitions that this process stands by for.</summary>
    /// <param name="rows">
    /// As they were just read. What is known of others is kept: between a stand-by's turn and its try nobody looks at its partition.
    /// </param>
    /// <param name="askedAt">The timestamp before they were read: what was seen then was not renewed until then.</param>
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
            var left = duration + (duration / 3) - time.GetElapsedTime(entry.Since, askedAt);
            if (left <= TimeSpan.Zero)
                still.Add(row.Key, lease);
            else if (Within is null || left < Within)
                Within = left + TimeSpan.FromMilliseconds(1);
        }

        Volatile.Write(ref _still, still);
    }

    private sealed record Seen(StillLease Lease, long Since);
}

/// <summary>A lease that nobody renews, as it was seen.</summary>
/// <param name="Epoch">Of the hold.</param>
/// <param name="Mark">The end of the lease as text.</param>
internal sealed record StillLease(long Epoch, string Mark);
