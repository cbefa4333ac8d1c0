using System.Buffers;
using System.Collections.Immutable;
using System.Text;
using System.Text.Json;

namespace EventStore.EF.Subscriptions.Definitions;

/// <summary>
/// The events that were finished under other numbers of partitions: after a change, all partitions start at the position of the slowest old
/// partition and pass over what the others had finished. Immutable.
/// </summary>
/// <remarks><code>
/// 2 partitions          finished                                 3 partitions, all at 4
///   0: 4  ██████░░░░    a key of partition 0 up to 4      ──▶      an event at 7 of a key that was partition 1's:  finished before
///   1: 9  ███████████   a key of partition 1 up to 9               an event at 7 of a key that was partition 0's:  delivered
/// </code></remarks>
internal sealed class FinishedBefore
{
    private readonly ImmutableArray<PartitionLayout> _layouts;
    private readonly long _last;

    private FinishedBefore(ImmutableArray<PartitionLayout> layouts)
    {
        _layouts = layouts;
        _last = layouts.IsEmpty ? 0 : layouts.Max(layout => layout.Positions.Max());
    }

    /// <summary>The number of partitions was never changed, or everything that was finished before has been passed.</summary>
    public static FinishedBefore Nothing { get; } = new([]);

    /// <summary>Parses the result of <see cref="ToJson"/>; nothing for null.</summary>
    public static FinishedBefore Parse(string? json)
    {
        if (json is null)
            return Nothing;

        using var document = JsonDocument.Parse(json);
        return new([.. document.RootElement.EnumerateArray().Select(layout => new PartitionLayout(
            layout.GetProperty("partitions"u8).GetInt32(),
            [.. layout.GetProperty("positions"u8).EnumerateArray().Select(position => position.GetInt64())]))]);
    }

    /// <summary>Whether an event at this position may have been finished before.</summary>
    public bool Reaches(long place) => place <= _last;

    /// <summary>Whether the partition that the event belonged to had finished it, in any of the layouts.</summary>
    public bool Contains(string? key, long place)
    {
        if (!Reaches(place))
            return false;

        foreach (var layout in _layouts)
        {
            if (layout.Positions[PartitionKey.PartitionOf(key, place, layout.Partitions)] >= place)
                return true;
        }

        return false;
    }

    /// <summary>Whether an event was finished whatever its key: for an event whose key is unknown, which all partitions deliver.</summary>
    public bool ContainsWithAnyKey(long place) => Reaches(place) && _layouts.Any(layout => layout.Positions.Min() >= place);

    /// <summary>
    /// Adds what one more layout has finished, and drops layouts that finished nothing beyond the position at which all partitions now
    /// start.
    /// </summary>
    public FinishedBefore And(PartitionLayout layout, long position)
        => new([.. _layouts.Add(layout).Where(one => one.Positions.Max() > position)]);

    /// <summary>The layouts as a JSON array; null if there are none.</summary>
    public string? ToJson()
    {
        if (_layouts.IsEmpty)
            return null;

        var buffer = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(buffer);
        json.WriteStartArray();
        foreach (var layout in _layouts)
        {
            json.WriteStartObject();
            json.WriteNumber("partitions"u8, layout.Partitions);
            json.WriteStartArray("positions"u8);
            foreach (var position in layout.Positions)
                json.WriteNumberValue(position);

            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.Flush();
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }
}

/// <summary>The positions of a subscription's partitions when their number was changed.</summary>
/// <param name="Partitions">How many there were.</param>
/// <param name="Positions">The last finished position of each.</param>
internal sealed record PartitionLayout(int Partitions, ImmutableArray<long> Positions);
