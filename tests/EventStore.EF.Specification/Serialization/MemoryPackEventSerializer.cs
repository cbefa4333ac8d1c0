using MemoryPack;

namespace EventStore.EF.Specification;

/// <summary>A binary serializer, as an application would bring one.</summary>
public sealed class MemoryPackEventSerializer : IEventSerializer
{
    /// <inheritdoc/>
    public string ContentType => "application/x-memorypack";

    /// <inheritdoc/>
    public byte[] Serialize(object data) => MemoryPackSerializer.Serialize(data?.GetType()!, data);

    /// <inheritdoc/>
    public object Deserialize(ReadOnlyMemory<byte> payload, Type type) => MemoryPackSerializer.Deserialize(type, payload.Span)!;
}
