using System.Text.Json;
using System.Text.Json.Serialization;

namespace EventStore.EF.Benchmarks;

/// <summary>The floor's serializer: System.Text.Json's own source generation.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(OrderPlaced))]
internal sealed partial class OrderJson : JsonSerializerContext
{
    public static byte[] Write(OrderPlaced order) => JsonSerializer.SerializeToUtf8Bytes(order, Default.OrderPlaced);

    public static OrderPlaced Read(ReadOnlySpan<byte> json) => JsonSerializer.Deserialize(json, Default.OrderPlaced)!;
}
