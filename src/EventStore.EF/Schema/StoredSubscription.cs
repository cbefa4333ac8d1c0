namespace EventStore.EF;

/// <summary>A row of the table <c>subscriptions</c>, for LINQ: one partition of a durable subscription, and its owner.</summary>
public sealed class StoredSubscription
{
    /// <summary>The row's key, used only inside the database.</summary>
    public long Id { get; init; }

    /// <summary>The subscription's name.</summary>
    public string Name { get; init; } = "";

    /// <summary>The name of the stream that it reads, or <c>$all</c>.</summary>
    public string Stream { get; init; } = "";

    /// <summary>The number of the partition, from 0. A subscription has one partition by default.</summary>
    public int Partition { get; init; }

    /// <summary>
    /// The number of partitions of the subscription, and thus of its rows. Changed by
    /// <see cref="ISubscriptionAdministration.RepartitionAsync"/>.
    /// </summary>
    public int Partitions { get; init; }

    /// <summary>
    /// The checkpoint: the position of the last finished event or, for a subscription to one stream, its number in that stream; 0 before
    /// the first event.
    /// </summary>
    public long Position { get; init; }

    /// <summary>
    /// The <see cref="StoredStream.Id"/> of the stream that the checkpoint refers to: a stream of the same name with another id is a new
    /// one. <see langword="null"/> for a subscription to all events, or before the stream was seen.
    /// </summary>
    public long? StreamId { get; init; }

    /// <summary>Whether the subscription is paused.</summary>
    public bool IsPaused { get; init; }

    /// <summary>Counts the requested changes to its parked events, so that the owner notices each of them.</summary>
    public long Replays { get; init; }

    /// <summary>The process that owns the partition, or <see langword="null"/>.</summary>
    public string? Owner { get; init; }

    /// <summary>Counts the changes of owner. Only the owner of the current epoch writes a checkpoint.</summary>
    public long Epoch { get; init; }

    /// <summary>The time at which the owner's lease expires unless it is renewed, in UTC.</summary>
    public DateTime? LeaseExpiresAt { get; init; }

    /// <summary>The duration of the owner's lease, in seconds; <see langword="null"/> before the first owner.</summary>
    public double? LeaseSeconds { get; init; }

    /// <summary>The process with fewer partitions that has requested this one, or <see langword="null"/>.</summary>
    public string? RequestedBy { get; init; }

    /// <summary>Counts the changes of <see cref="Handles"/>. Only an owner that knows the current number writes a checkpoint.</summary>
    public long Definition { get; init; }

    /// <summary>
    /// The events that the subscription handles: a JSON object with their stored names and the versions of each. The same in all
    /// partitions; <see langword="null"/> if no handler class has run.
    /// </summary>
    public string? Handles { get; init; }

    /// <summary>
    /// The last position, or number in the stream, before the current definition. Only an owner that knows the definition passes events
    /// appended later.
    /// </summary>
    public long DefinedAfter { get; init; }

    /// <summary>The events that the owner's handler class handles, in the format of <see cref="Handles"/>.</summary>
    public string? Covers { get; init; }

    /// <summary>
    /// Whether the owner handles the whole definition. If it doesn't, another process that does takes the partition from it.
    /// </summary>
    public bool IsCovered { get; init; }

    /// <summary>
    /// The handler class that created or last owned the subscription: its full name without the assembly. <see langword="null"/> if no
    /// handler class has run.
    /// </summary>
    public string? Handler { get; init; }

    /// <summary>
    /// The progress made under other numbers of partitions: a JSON array of objects with the number of <c>partitions</c> and all their
    /// <c>positions</c>. An event is passed over if the partition that its key belonged to had reached or passed it. <see langword="null"/>
    /// if the number was never changed.
    /// </summary>
    public string? FinishedBefore { get; init; }

    /// <summary>Whether its events run one at a time, because a previous owner ended without releasing the partition.</summary>
    public bool IsSuspected { get; init; }

    /// <summary>
    /// The position, or number in the stream, of the event that is alone in flight because it is suspected of ending the process, or
    /// <see langword="null"/>.
    /// </summary>
    public long? SuspectPlace { get; init; }

    /// <summary>
    /// The number of times that a process ended with an event alone in flight: <c>position:count</c>, separated by spaces, or
    /// <see langword="null"/>.
    /// </summary>
    public string? ProcessEnds { get; init; }

    /// <summary>The last error of the handler, if it has not continued since.</summary>
    public string? LastError { get; init; }

    /// <summary>The time of the last error, by the database's clock, in UTC.</summary>
    public DateTime? LastErrorAt { get; init; }

    /// <summary>The time at which the subscription was created, by the database's clock, in UTC.</summary>
    public DateTime CreatedAt { get; init; }
}
