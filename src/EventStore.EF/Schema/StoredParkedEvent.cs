namespace EventStore.EF;

/// <summary>
/// A row of the table <c>parked_events</c>, for LINQ: an event whose handling failed for good, or one of the same partition key behind
/// it, which waits to be replayed or discarded.
/// </summary>
public sealed class StoredParkedEvent
{
    /// <summary>The row's key, used inside the database only.</summary>
    public long Id { get; init; }

    /// <summary>The <see cref="StoredSubscription.Id"/> of the subscription's partition that parked it.</summary>
    public long SubscriptionId { get; init; }

    /// <summary>The event's place in what the subscription reads: its position, or its number in the stream.</summary>
    public long Place { get; init; }

    /// <summary>The <see cref="StoredEvent.Position"/> of the event.</summary>
    public long Position { get; init; }

    /// <summary>When it was parked, by the database's clock, in UTC.</summary>
    public DateTime ParkedAt { get; init; }

    /// <summary>The event's id.</summary>
    public Guid EventId { get; init; }

    /// <summary>How often its handling was tried; 0 when it only waits behind an earlier event of its key.</summary>
    public int Attempts { get; init; }

    /// <summary>Whether somebody has asked for it to be handled again.</summary>
    public bool IsReplayRequested { get; init; }

    /// <summary>The partition key: of one key, later events wait behind earlier ones.</summary>
    public string Key { get; init; } = "";

    /// <summary>The last error of its handling; <see langword="null"/> when it only waits behind an earlier event of its key.</summary>
    public string? Error { get; init; }
}
