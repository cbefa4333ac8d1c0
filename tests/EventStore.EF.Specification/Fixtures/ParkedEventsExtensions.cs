using EventStore.EF.Subscriptions.Leases;

namespace EventStore.EF.Specification;

/// <summary>Replays parked events one at a time.</summary>
internal static class ParkedEventsExtensions
{
    /// <summary>The first event to be replayed; null if there is none.</summary>
    public static async Task<ParkedRow?> NextReplayAsync(this ParkedEvents parked, Lease lease, CancellationToken ct)
        => (await parked.NextReplaysAsync(lease, 1, ct)).SingleOrDefault();

    /// <summary>Removes an event that was handled after all. Returns whether its key has no parked events left.</summary>
    public static async Task<bool> ReplayedAsync(this ParkedEvents parked, Lease lease, ParkedRow row, CancellationToken ct)
        => (await parked.ReplayedAsync(lease, [row], ct)).Contains(row.Key);
}
