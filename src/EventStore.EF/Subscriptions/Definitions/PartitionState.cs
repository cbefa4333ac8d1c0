using System.Collections.Immutable;
using System.Data.Common;
using EventStore.EF.Storage.Sql;

namespace EventStore.EF.Subscriptions.Definitions;

/// <summary>The state of a partition when the number of partitions changes.</summary>
/// <param name="Id">The id of its row.</param>
/// <param name="Partition">Its number.</param>
/// <param name="Position">The last finished position.</param>
/// <param name="StreamId">The stream whose numbers are counted; null for all events, or until the stream has been seen.</param>
/// <param name="Epoch">The current owner's epoch.</param>
/// <param name="Suspicion">The events that may have ended a process.</param>
/// <param name="IsAbandoned">Whether its owner's lease has expired without being released.</param>
/// <param name="Finished">The events finished under other numbers of partitions.</param>
internal sealed record PartitionState(
    long Id, int Partition, long Position, long? StreamId, long Epoch, Suspicion Suspicion, bool IsAbandoned, FinishedBefore Finished)
{
    /// <param name="reader">Positioned on a row of <see cref="ShapeStatements.Partitions"/>.</param>
    public static PartitionState Read(DbDataReader reader) => new(
        reader.GetInt64(0), reader.GetInt32(1), reader.GetInt64(2), reader.IsDBNull(3) ? null : reader.GetInt64(3), reader.GetInt64(4),
        Suspicion.Parse(reader.GetBoolean(5), reader.IsDBNull(6) ? null : reader.GetInt64(6),
            reader.IsDBNull(7) ? null : reader.GetString(7)),
        reader.GetBoolean(8), FinishedBefore.Parse(reader.IsDBNull(9) ? null : reader.GetString(9)));
}

/// <summary>The common state of all partitions after their number has changed: pure.</summary>
/// <param name="Position">The position at which they start: that of the slowest old partition.</param>
/// <param name="StreamId">The stream whose numbers are counted.</param>
/// <param name="Epoch">Higher than every owner's epoch.</param>
/// <param name="Finished">What is finished beyond the position.</param>
/// <param name="Suspicion">The events that may have ended a process.</param>
/// <param name="Outdated">
/// The rows of partitions that haven't noticed yet that their stream was removed and created again: nothing of theirs remains.
/// </param>
internal sealed record CommonState(
    long Position, long? StreamId, long Epoch, FinishedBefore Finished, Suspicion Suspicion, ImmutableArray<long> Outdated)
{
    /// <param name="partitions">All partitions, by number.</param>
    /// <param name="streamId">The id of the current stream of that name, if it exists.</param>
    public static CommonState Of(IReadOnlyList<PartitionState> partitions, long? streamId)
    {
        // Ids rise: the highest one that a partition has seen belongs to the latest stream.
        var stream = streamId ?? partitions.Max(partition => partition.StreamId);
        var positions = partitions.Select(partition => IsOutdated(partition) ? 0 : partition.Position).ToImmutableArray();
        var (position, current) = (positions.Min(), partitions.Where(partition => !IsOutdated(partition)).ToArray());
        var finished = current.Length == 0 ? FinishedBefore.Nothing : current[0].Finished;
        return new(
            position, stream, partitions.Max(partition => partition.Epoch) + 1, finished.And(new(partitions.Count, positions), position),
            current.Aggregate(Suspicion.None, (all, partition) => And(all, partition)),
            [.. partitions.Where(IsOutdated).Select(partition => partition.Id)]);

        bool IsOutdated(PartitionState partition) => partition.StreamId is { } seen && seen != stream;
    }

    /// <summary>
    /// Combines the suspicions. The event that was alone in flight is counted if its process has ended; a living owner is only interrupted.
    /// </summary>
    private static Suspicion And(Suspicion all, PartitionState partition)
    {
        var one = partition.IsAbandoned
            ? (partition.Suspicion with { IsSuspected = true }).Taken()
            : partition.Suspicion.Interrupted();
        return new(
            all.IsSuspected || one.IsSuspected, null,
            one.Ends.Aggregate(all.Ends, (ends, pair) => ends.SetItem(pair.Key, Math.Max(pair.Value, ends.GetValueOrDefault(pair.Key)))),
            !one.IsSuspected ? all.Block
                : !all.IsSuspected ? one.Block
                : all.Block is { } block && one.Block is { } other ? block.And(other) : null);
    }
}
