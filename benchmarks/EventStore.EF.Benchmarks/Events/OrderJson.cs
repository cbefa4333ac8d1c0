using System.Text.Json;
using System.Text.Json.Serialization;

namespace EventStore.EF.Benchmarks;

/// <summary>The floor's serializer: System.Text.Json's own source generation.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(FloorOrder))]
internal sealed partial class OrderJson : JsonSerializerContext
{
    public static byte[] Write(FloorOrder order) => JsonSerializer.SerializeToUtf8Bytes(order, Default.FloorOrder);

    public static FloorOrder Read(ReadOnlySpan<byte> json) => JsonSerializer.Deserialize(json, Default.FloorOrder)!;
}
