namespace EventStore.EF;

/// <summary>
/// Writes and reads the payloads of events in a custom format instead of the generated JSON, for one event type or for the whole store. Set
/// with <c>UseSerializer</c>. Must be thread-safe.
/// </summary>
/// <remarks>
/// The content type is stored with each payload, and the serializer of that content type reads it. A store whose serializer was changed can
/// therefore still read older payloads, as long as the former serializer is registered with <c>AddFormerSerializer</c>; the generated JSON
/// is always known. Its content type is <c>application/json</c>: JSON of another shape needs another content type.
/// </remarks>
public interface IEventSerializer
{
    /// <summary>
    /// The media type of the payloads it writes, which never changes, such as <c>application/x-protobuf</c>. <c>application/json</c> and
    /// types that end in <c>+json</c> are stored in a JSON column, others as bytes. 1 to 100 characters.
    /// </summary>
    string ContentType { get; }

    /// <summary>Serializes an event. An exception rejects the append before anything is written.</summary>
    byte[] Serialize(object data);

    /// <summary>Deserializes an event.</summary>
    /// <param name="payload">The bytes that <see cref="Serialize"/> returned, unchanged.</param>
    /// <param name="type">The event type for the stored name and version.</param>
    object Deserialize(ReadOnlyMemory<byte> payload, Type type);
}
