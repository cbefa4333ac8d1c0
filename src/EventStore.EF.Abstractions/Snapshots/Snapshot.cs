using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace EventStore.EF;

/// <summary>A stored state of a stream's events, so that only later events need to be read.</summary>
public sealed class Snapshot
{
    /// <summary>The stream whose events it represents.</summary>
    public required StreamName Source { get; init; }

    /// <summary>The kind of state: 1 to 255 characters. A source has one snapshot of each type.</summary>
    public required string Type { get; init; }

    /// <summary>The stream's version that it represents: that of the last event included. Not negative.</summary>
    public required long Version { get; init; }

    /// <summary>The bytes of the state: UTF-8 JSON if <see cref="ContentType"/> is a JSON media type.</summary>
    public required ReadOnlyMemory<byte> Payload { get; init; }

    /// <summary>
    /// The media type of <see cref="Payload"/>; <c>application/json</c> by default. It, and types ending in <c>+json</c>, are stored as
    /// JSON, others as bytes.
    /// </summary>
    public string ContentType { get; init; } = ContentTypes.Json;

    /// <summary>Metadata to store with it; empty by default.</summary>
    public EventMetadata Metadata { get; init; } = EventMetadata.Empty;

    /// <summary>When it was recorded, by the database's clock, in UTC; <see langword="null"/> before.</summary>
    public DateTimeOffset? CreatedAt { get; init; }

    /// <summary>Creates a snapshot of a state as JSON.</summary>
    /// <param name="source">The stream whose events it represents.</param>
    /// <param name="type">The kind of state.</param>
    /// <param name="version">The stream's version that it represents.</param>
    /// <param name="state">The state.</param>
    /// <param name="jsonTypeInfo">How the state is written, from a <c>JsonSerializerContext</c>.</param>
    public static Snapshot Of<TState>(StreamName source, string type, long version, TState state, JsonTypeInfo<TState> jsonTypeInfo)
        => new() { Source = source, Type = type, Version = version, Payload = JsonSerializer.SerializeToUtf8Bytes(state, jsonTypeInfo) };

    /// <summary>Reads the state from JSON.</summary>
    /// <param name="jsonTypeInfo">How the state is read, from a <c>JsonSerializerContext</c>.</param>
    /// <exception cref="JsonException">The payload isn't JSON of this type.</exception>
    public TState As<TState>(JsonTypeInfo<TState> jsonTypeInfo)
        => JsonSerializer.Deserialize(Payload.Span, jsonTypeInfo)
        ?? throw new JsonException($"The snapshot '{Type}' of stream '{Source}' is the JSON value null.");
}
