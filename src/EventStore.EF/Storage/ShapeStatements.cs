namespace EventStore.EF;

/// <summary>
/// The SQL by which a subscription gets another shape: another number of partitions, or another name. Those that write run behind
/// <see cref="SubscriptionAdministrationStatements.Lock"/> in its transaction. A subscription is given by name and stream.
/// </summary>
internal sealed record ShapeStatements
{
    /// <summary>
    /// What a subscription is by now. Parameters: id (of its first partition's row, which stays whatever becomes of it). Returns name and
    /// number of partitions, or no row when it is gone.
    /// </summary>
    public required string Shape { get; init; }

    /// <summary>
    /// The subscription, and those that it may have been before: of the same name with another stream, or of the same class and stream with
    /// another name. Parameters: name, stream, handler. Returns of each its name, stream, number of partitions, lowest position, and
    /// whether a process has one of its partitions.
    /// </summary>
    public required string Relatives { get; init; }

    /// <summary>
    /// All partitions, locked until the transaction ends: also those that another transaction has added while this one waited for its lock.
    /// Parameters: name, stream. Returns of each id, partition, position, stream_id, epoch, is_suspected, suspect_place, process_ends,
    /// whether its owner's lease has run out, finished_before, and the id of the stream that has the name now (or null).
    /// </summary>
    public required string Partitions { get; init; }

    /// <summary>
    /// Sets what all partitions have in common, and takes each from its owner. The number of the definition rises, so that who is just
    /// changing it begins again with all partitions. The latest error goes to the first partition. Parameters: name, stream, partitions,
    /// position, stream_id (or null), epoch, is_suspected, ends (or null), finished_before (or null).
    /// </summary>
    public required string Reshape { get; init; }

    /// <summary>
    /// Adds partitions like the first one. Parameters: name, stream, count (how many there are), partitions (how many there are to be).
    /// </summary>
    public required string AddPartitions { get; init; }

    /// <summary>Removes the partitions that are too many, with what they have parked. Parameters: name, stream, partitions.</summary>
    public required string RemovePartitions { get; init; }

    /// <summary>
    /// Keeps of an event that several partitions have parked the row that came last; the function that makes keys was changed in between.
    /// Parameters: name, stream.
    /// </summary>
    public required string RemoveParkedTwice { get; init; }

    /// <summary>
    /// A page of the keys with parked events, in order, each found by the index. Parameters: id (of the partition's row), from (the first
    /// that may be returned), count.
    /// </summary>
    public required string ParkedKeys { get; init; }

    /// <summary>
    /// Moves all parked events of keys, found by the index. Parameters: id (of the partition's row), target (the row of the
    /// partition to which they move), keys (a JSON array).
    /// </summary>
    public required string MoveParked { get; init; }

    /// <summary>
    /// Gives the subscription another name, and takes all partitions from their owners. Parameters: name, stream, new_name. Changes the
    /// rows of its partitions.
    /// </summary>
    public required string Rename { get; init; }
}
