using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using EventStore.EF.Schema;

namespace EventStore.EF.Storage.Sql;

/// <summary>Writes lists as JSON for statements, mainly the heartbeat's: both databases read JSON, and only one has arrays.</summary>
internal static class JsonLists
{
    /// <summary>The ids of the leases' rows, as an array of numbers.</summary>
    public static string Ids(IEnumerable<long> ids) => $"[{string.Join(',', ids.Select(id => id.ToString(CultureInfo.InvariantCulture)))}]";

    /// <summary>The names of streams, or keys, as an array of strings.</summary>
    public static string Names(IEnumerable<string> streams) => Of(streams, static (json, stream) => json.WriteStringValue(stream));

    /// <summary>Items, as an array.</summary>
    /// <param name="items">The items.</param>
    /// <param name="write">Writes one.</param>
    public static string Of<T>(IEnumerable<T> items, Action<Utf8JsonWriter, T> write)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(buffer);
        json.WriteStartArray();
        foreach (var item in items)
            write(json, item);

        json.WriteEndArray();
        json.Flush();
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    /// <summary>Ranges of positions, as an array of objects with low and high.</summary>
    public static string Intervals(IEnumerable<(long Low, long High)> intervals)
        => $"[{string.Join(',', intervals.Select(one => string.Create(
            CultureInfo.InvariantCulture, $"{{\"low\":{one.Low},\"high\":{one.High}}}")))}]";

    /// <summary>The subscriptions of the partitions, as an array of objects with name and stream.</summary>
    public static string Waiting(IReadOnlyCollection<SubscriptionKey> keys)
        => Of(keys.Select(key => (key.Name, key.Stream)).Distinct(), static (json, key) =>
        {
            json.WriteStartObject();
            json.WriteString("name"u8, key.Name.Value);
            json.WriteString("stream"u8, key.Stream);
            json.WriteEndObject();
        });
}
