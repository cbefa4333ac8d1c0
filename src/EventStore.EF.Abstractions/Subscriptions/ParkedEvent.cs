namespace EventStore.EF;

/// <summary>An event that a subscription has parked.</summary>
public sealed record ParkedEvent
{
    /// <summary>The event; <see langword="null"/> when it was removed from the store since.</summary>
    public RecordedEvent? Event { get; init; }

    /// <summary>The event's id.</summary>
    public required Guid EventId { get; init; }

    /// <summary>The event's position in the store.</summary>
    public required long Position { get; init; }

    /// <summary>Its place in what the subscription reads: its position, or its number in the stream.</summary>
    public required long Place { get; init; }

    /// <summary>The partition key: later events of it wait behind this one.</summary>
    public required string Key { get; init; }

    /// <summary>Why its handling failed; <see langword="null"/> when it only waits behind an earlier event of its key.</summary>
    public string? Error { get; init; }

    /// <summary>How often its handling was tried; 0 when it only waits.</summary>
    public required int Attempts { get; init; }

    /// <summary>When it was parked, by the database's clock, in UTC.</summary>
    public required DateTimeOffset ParkedAt { get; init; }

    /// <summary>Whether somebody has asked for it to be handled again, and it has not been yet.</summary>
    public required bool IsReplayRequested { get; init; }
}
