namespace EventStore.EF;

/// <summary>An event that a subscription has parked.</summary>
public sealed record ParkedEvent
{
    /// <summary>The event; <see langword="null"/> if it was since removed from the store.</summary>
    public RecordedEvent? Event { get; init; }

    /// <summary>The event's id.</summary>
    public required Guid EventId { get; init; }

    /// <summary>The event's position in the store.</summary>
    public required long Position { get; init; }

    /// <summary>
    /// Its number in what the subscription reads: its position or, for a subscription to one stream, its number in the stream.
    /// </summary>
    public required long Number { get; init; }

    /// <summary>The partition key; later events of the key wait behind this one.</summary>
    public required string Key { get; init; }

    /// <summary>Why handling it failed; <see langword="null"/> if it only waits behind an earlier event of its key.</summary>
    public string? Error { get; init; }

    /// <summary>The number of attempts to handle it; 0 if it only waits.</summary>
    public required int Attempts { get; init; }

    /// <summary>When it was parked, by the database's clock, in UTC.</summary>
    public required DateTimeOffset ParkedAt { get; init; }

    /// <summary>Whether its replay was requested and has not happened yet.</summary>
    public required bool IsReplayRequested { get; init; }
}
