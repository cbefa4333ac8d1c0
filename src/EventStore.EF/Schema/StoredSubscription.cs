namespace EventStore.EF;

/// <summary>A row of the table <c>subscriptions</c>, for LINQ: a durable subscription and who works on it.</summary>
public sealed class StoredSubscription
{
    /// <summary>The row's key, used inside the database only.</summary>
    public long Id { get; init; }

    /// <summary>The subscription's name.</summary>
    public string Name { get; init; } = "";

    /// <summary>What it reads: the name of a stream, or <c>$all</c>.</summary>
    public string Stream { get; init; } = "";

    /// <summary>The partition of the subscription's work that this row is of, from 0. One partition by default.</summary>
    public int Partition { get; init; }

    /// <summary>
    /// How many partitions the subscription has: as many rows. Changed by <see cref="ISubscriptionAdministration.RepartitionAsync"/>.
    /// </summary>
    public int Partitions { get; init; }

    /// <summary>
    /// The checkpoint: the place of the last event that is finished, 0 before the first. A place is the position in the store, or for a
    /// subscription to one stream the number in that stream.
    /// </summary>
    public long Position { get; init; }

    /// <summary>
    /// The <see cref="StoredStream.Id"/> of the stream in which the checkpoint was counted: a stream of the same name with another id is a
    /// new one. <see langword="null"/> for every event, or before the stream was seen.
    /// </summary>
    public long? StreamId { get; init; }

    /// <summary>Whether somebody has paused it.</summary>
    public bool IsPaused { get; init; }

    /// <summary>Counts the changes that somebody asked for among its parked events, so that the owner notices each.</summary>
    public long Replays { get; init; }

    /// <summary>The process that works on it, or <see langword="null"/>.</summary>
    public string? Owner { get; init; }

    /// <summary>Counts the changes of owner. A checkpoint is written only by the owner of the current epoch.</summary>
    public long Epoch { get; init; }

    /// <summary>Until when the owner holds it unless it renews its lease, in UTC.</summary>
    public DateTime? LeaseExpiresAt { get; init; }

    /// <summary>For how long the owner takes and renews its lease, in seconds; <see langword="null"/> before it had an owner.</summary>
    public double? LeaseSeconds { get; init; }

    /// <summary>The process with fewer partitions that asks the owner for this one, or <see langword="null"/>.</summary>
    public string? RequestedBy { get; init; }

    /// <summary>Counts the changes of <see cref="Handles"/>. A checkpoint is written only by an owner that knows the current number.</summary>
    public long Definition { get; init; }

    /// <summary>
    /// What the subscription handles: a JSON object with the stored names of events, and the versions of each. The same in all partitions;
    /// <see langword="null"/> where no class of handlers has run.
    /// </summary>
    public string? Handles { get; init; }

    /// <summary>The last place before the current definition: what is appended later is passed only by an owner that knows the definition.</summary>
    public long DefinedAfter { get; init; }

    /// <summary>What the owner's class handles, in the form of <see cref="Handles"/>.</summary>
    public string? Covers { get; init; }

    /// <summary>Whether the owner handles the whole definition. Another process that does takes the partition from an owner that doesn't.</summary>
    public bool IsCovered { get; init; }

    /// <summary>
    /// The class of handlers that made or owned it last: its full name without the assembly. <see langword="null"/> where no class of
    /// handlers has run.
    /// </summary>
    public string? Handler { get; init; }

    /// <summary>
    /// What was finished while it had other numbers of partitions: a JSON array of objects with the number of <c>partitions</c> and the
    /// <c>positions</c> of all of them. An event is passed over where the partition that its key belonged to was at or behind its place.
    /// <see langword="null"/> where the number was never changed.
    /// </summary>
    public string? FinishedBefore { get; init; }

    /// <summary>Whether its events run one at a time, because an owner before ended without giving it back.</summary>
    public bool IsSuspected { get; init; }

    /// <summary>The place of the event that is alone in flight while it is suspected of ending the process, or <see langword="null"/>.</summary>
    public long? SuspectPlace { get; init; }

    /// <summary>How often a process ended with an event alone in flight: <c>place:count</c>, with blanks between, or <see langword="null"/>.</summary>
    public string? ProcessEnds { get; init; }

    /// <summary>The last error of its handler, if it has not gone on since.</summary>
    public string? LastError { get; init; }

    /// <summary>When that was, by the database's clock, in UTC.</summary>
    public DateTime? LastErrorAt { get; init; }

    /// <summary>When the subscription was first made, by the database's clock, in UTC.</summary>
    public DateTime CreatedAt { get; init; }
}
