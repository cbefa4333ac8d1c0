namespace EventStore.EF;

/// <summary>
/// Writes and reads the payloads of events in a format of its own, for one event type or for the whole store, instead of the
/// generated JSON. Set with <c>UseSerializer</c>; safe for use by several threads.
/// </summary>
/// <remarks>
/// The content type is stored beside each payload, and a payload is read by the serializer of its content type. So a store whose
/// serializer was changed still reads what it wrote before, as long as the former one is named by <c>AddFormerSerializer</c>; the
/// generated JSON is always known. Its content type is <c>application/json</c>: JSON of another shape needs a content type of its own.
/// </remarks>
public interface IEventSerializer
{
    /// <summary>
    /// The media type of what it writes, always the same: <c>application/x-protobuf</c>. <c>application/json</c> and types that end in
    /// <c>+json</c> are stored in a JSON column, others as bytes. 1 to 100 characters.
    /// </summary>
    string ContentType { get; }

    /// <summary>The event as bytes. An exception refuses the append, before anything is written.</summary>
    byte[] Serialize(object data);

    /// <summary>The event of the bytes.</summary>
    /// <param name="payload">What <see cref="Serialize"/> returned, byte for byte.</param>
    /// <param name="type">The event type that the stored name and version stand for.</param>
    object Deserialize(ReadOnlyMemory<byte> payload, Type type);
}
