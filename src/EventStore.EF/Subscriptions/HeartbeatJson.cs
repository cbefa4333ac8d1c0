using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace EventStore.EF;

/// <summary>Lists as statements take them, the heartbeat's above all: both databases read JSON, and only one knows arrays.</summary>
internal static class HeartbeatJson
{
    /// <summary>The rows of leases: an array of numbers.</summary>
    public static string Ids(List<Lease> leases) => $"[{string.Join(',', leases.Select(lease => lease.Id.ToString(CultureInfo.InvariantCulture)))}]";

    /// <summary>Streams, or keys: an array of their names.</summary>
    public static string Names(IEnumerable<string> streams)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(buffer);
        json.WriteStartArray();
        foreach (var stream in streams)
            json.WriteStringValue(stream);

        json.WriteEndArray();
        json.Flush();
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    /// <summary>The subscriptions of partitions: an array of objects with name and stream.</summary>
    public static string Waiting(HashSet<SubscriptionKey> keys)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(buffer);
        json.WriteStartArray();
        foreach (var (name, stream) in keys.Select(key => (key.Name, key.Stream)).Distinct())
        {
            json.WriteStartObject();
            json.WriteString("name"u8, name.Value);
            json.WriteString("stream"u8, stream);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.Flush();
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }
}
