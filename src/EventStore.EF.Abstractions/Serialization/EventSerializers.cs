namespace EventStore.EF;

/// <summary>Maps event types and content types to serializers; without an entry, the generated serializer is used.</summary>
internal sealed class EventSerializers
{
    private readonly Dictionary<Type, IEventSerializer> _byType = [];
    private readonly Dictionary<string, IEventSerializer> _byContentType = new(StringComparer.OrdinalIgnoreCase);
    private IEventSerializer? _ofAll;

    /// <summary>Uses a serializer for every event that has none of its own.</summary>
    public void UseForAll(IEventSerializer serializer)
    {
        Remember(serializer);
        _ofAll = serializer;
    }

    /// <summary>Uses a serializer to read payloads of its content type, but not to write.</summary>
    public void UseForReading(IEventSerializer serializer) => Remember(serializer);

    public void UseFor(Type eventType, IEventSerializer serializer)
    {
        Remember(serializer);
        _byType[eventType] = serializer;
    }

    /// <summary>The event types that were given a serializer of their own.</summary>
    public IEnumerable<Type> Types => _byType.Keys;

    /// <summary>Returns the serializer that writes events of this type; <see langword="null"/> for the generated serializer.</summary>
    public IEventSerializer? Writing(Type eventType) => _byType.GetValueOrDefault(eventType) ?? _ofAll;

    /// <summary>
    /// Returns the serializer that reads payloads of this content type as this event type: the type's own serializer if it has that content
    /// type, otherwise any serializer that has; <see langword="null"/> for the generated serializer.
    /// </summary>
    /// <exception cref="NotSupportedException">No known serializer reads this content type.</exception>
    public IEventSerializer? Reading(Type eventType, string contentType)
    {
        if (Writing(eventType) is { } own && contentType.Equals(own.ContentType, StringComparison.OrdinalIgnoreCase))
            return own;

        if (contentType == ContentTypes.Json)
            return null;

        return _byContentType.GetValueOrDefault(contentType)
            ?? throw new NotSupportedException(
                $"There is no serializer for the content type '{contentType}'. Register one with UseSerializer.");
    }

    /// <summary>Whether a known serializer reads payloads of this content type.</summary>
    public bool ReadsContent(string contentType) => contentType == ContentTypes.Json || _byContentType.ContainsKey(contentType);

    private void Remember(IEventSerializer serializer)
    {
        ContentTypes.Check(serializer.ContentType, nameof(serializer));
        _byContentType[serializer.ContentType] = serializer;
    }
}
