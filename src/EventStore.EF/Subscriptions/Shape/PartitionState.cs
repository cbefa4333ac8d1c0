using System.Collections.Immutable;
using System.Data.Common;

namespace EventStore.EF;

/// <summary>A partition when the number of partitions is changed.</summary>
/// <param name="Id">Its row.</param>
/// <param name="Partition">Its number.</param>
/// <param name="Position">The last finished place.</param>
/// <param name="StreamId">The stream in which places are counted; null for all events, or before the stream was seen.</param>
/// <param name="Epoch">Of the present owner.</param>
/// <param name="Suspicion">The events that may have ended a process.</param>
/// <param name="IsAbandoned">Whether its owner's lease has run out, and was not given back.</param>
/// <param name="Finished">What was finished with other numbers of partitions.</param>
internal sealed record PartitionState(
    long Id, int Partition, long Position, long? StreamId, long Epoch, Suspicion Suspicion, bool IsAbandoned, FinishedBefore Finished)
{
    /// <param name="reader">Stands on a row of <see cref="ShapeStatements.Partitions"/>.</param>
    public static PartitionState Read(DbDataReader reader) => new(
        reader.GetInt64(0), reader.GetInt32(1), reader.GetInt64(2), reader.IsDBNull(3) ? null : reader.GetInt64(3), reader.GetInt64(4),
        Suspicion.Parse(reader.GetBoolean(5), reader.IsDBNull(6) ? null : reader.GetInt64(6),
            reader.IsDBNull(7) ? null : reader.GetString(7)),
        reader.GetBoolean(8), FinishedBefore.Parse(reader.IsDBNull(9) ? null : reader.GetString(9)));
}

/// <summary>What all partitions have in common after the change of their number: pure.</summary>
/// <param name="Position">At which they begin: that of the slowest of before.</param>
/// <param name="StreamId">The stream in which places are counted.</param>
/// <param name="Epoch">Above that of every owner.</param>
/// <param name="Finished">What is finished behind the position.</param>
/// <param name="Suspicion">The events that may have ended a process.</param>
/// <param name="Outdated">The rows of partitions that have not seen yet that their stream was removed and made anew: nothing of theirs is
/// left.</param>
internal sealed record CommonState(
    long Position, long? StreamId, long Epoch, FinishedBefore Finished, Suspicion Suspicion, ImmutableArray<long> Outdated)
{
    /// <param name="partitions">All of them, by number.</param>
    /// <param name="streamId">The stream that has the name now, if there is one.</param>
    public static CommonState Of(IReadOnlyList<PartitionState> partitions, long? streamId)
    {
        // Ids rise: the highest one that a partition has seen is that of the latest stream.
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
    /// An event that was alone in flight is counted where its process has ended; an owner that lives is only interrupted.
    /// </summary>
    private static Suspicion And(Suspicion all, PartitionState partition)
    {
        var one = partition.IsAbandoned ? partition.Suspicion.Taken() : partition.Suspicion.Interrupted();
        return new(
            all.IsSuspected || one.IsSuspected || partition.IsAbandoned, null,
            one.Ends.Aggregate(all.Ends, (ends, pair) => ends.SetItem(pair.Key, Math.Max(pair.Value, ends.GetValueOrDefault(pair.Key)))));
    }
}
