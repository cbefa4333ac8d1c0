namespace EventStore.EF.Specification;

/// <summary>A serializer that does what a test says.</summary>
public sealed class TestSerializer(string contentType, Func<object, byte[]> serialize, Func<ReadOnlyMemory<byte>, Type, object>? deserialize = null) : IEventSerializer
{
    /// <inheritdoc/>
    public string ContentType => contentType;

    /// <inheritdoc/>
    public byte[] Serialize(object data) => serialize(data);

    /// <inheritdoc/>
    public object Deserialize(ReadOnlyMemory<byte> payload, Type type)
        => deserialize is null ? throw new InvalidOperationException("Not to be read.") : deserialize(payload, type);
}
