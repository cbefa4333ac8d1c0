namespace EventStore.EF;

/// <summary>
/// A row of the table <c>parked_events</c>, for LINQ: an event whose handling failed permanently, or an event of the same partition key
/// behind it. It waits to be replayed or discarded.
/// </summary>
public sealed class StoredParkedEvent
{
    /// <summary>The row's key, used only inside the database.</summary>
    public long Id { get; init; }

    /// <summary>The <see cref="StoredSubscription.Id"/> of the partition that parked the event.</summary>
    public long SubscriptionId { get; init; }

    /// <summary>The event's position or, for a subscription to one stream, its number in that stream.</summary>
    public long Place { get; init; }

    /// <summary>The <see cref="StoredEvent.Position"/> of the event.</summary>
    public long Position { get; init; }

    /// <summary>The time at which the event was parked, by the database's clock, in UTC.</summary>
    public DateTime ParkedAt { get; init; }

    /// <summary>The event's id.</summary>
    public Guid EventId { get; init; }

    /// <summary>The number of attempts to handle the event; 0 if it only waits behind an earlier event of its key.</summary>
    public int Attempts { get; init; }

    /// <summary>Whether a replay of the event has been requested.</summary>
    public bool IsReplayRequested { get; init; }

    /// <summary>The partition key: later events of a key wait behind earlier ones.</summary>
    public string Key { get; init; } = "";

    /// <summary>The last error of handling the event; <see langword="null"/> if it only waits behind an earlier event of its key.</summary>
    public string? Error { get; init; }
}
