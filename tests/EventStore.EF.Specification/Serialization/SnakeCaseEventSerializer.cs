using System.Text.Json;

namespace EventStore.EF.Specification;

/// <summary>A serializer of JSON with other names than the generated one's.</summary>
public sealed class SnakeCaseEventSerializer : IEventSerializer
{
    private static readonly JsonSerializerOptions Options = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseUpper };

    /// <inheritdoc/>
    public string ContentType => "application/vnd.specification+json";

    /// <inheritdoc/>
    public byte[] Serialize(object data) => JsonSerializer.SerializeToUtf8Bytes(data, Options);

    /// <inheritdoc/>
    public object Deserialize(ReadOnlyMemory<byte> payload, Type type) => JsonSerializer.Deserialize(payload.Span, type, Options)!;
}
