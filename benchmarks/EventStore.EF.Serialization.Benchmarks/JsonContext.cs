using System.Text.Json.Serialization;

namespace EventStore.EF.Serialization.Benchmarks;

/// <summary>The generator of System.Text.Json for the same types. It names what holds the events: a context that named them would store them.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(List<OrderPlaced>))]
[JsonSerializable(typeof(List<OrderPaid>))]
[JsonSerializable(typeof(List<OrderPacked>))]
[JsonSerializable(typeof(List<OrderShipped>))]
internal sealed partial class JsonContext : JsonSerializerContext;
