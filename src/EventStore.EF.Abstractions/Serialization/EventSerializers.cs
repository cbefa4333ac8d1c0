namespace EventStore.EF;

/// <summary>Which serializer writes and reads which event; without an entry, the generated one does.</summary>
internal sealed class EventSerializers
{
    private readonly Dictionary<Type, IEventSerializer> _byType = [];
    private readonly Dictionary<string, IEventSerializer> _byContentType = new(StringComparer.OrdinalIgnoreCase);
    private IEventSerializer? _ofAll;

    /// <summary>Every event without a serializer of its own.</summary>
    public void UseForAll(IEventSerializer serializer)
    {
        Remember(serializer);
        _ofAll = serializer;
    }

    /// <summary>Nothing is written by it; payloads of its content type are read.</summary>
    public void UseForReading(IEventSerializer serializer) => Remember(serializer);

    public void UseFor(Type eventType, IEventSerializer serializer)
    {
        Remember(serializer);
        _byType[eventType] = serializer;
    }

    /// <summary>The event types that were given a serializer of their own.</summary>
    public IEnumerable<Type> Types => _byType.Keys;

    /// <summary>What writes events of this type; <see langword="null"/> for the generated serializer.</summary>
    public IEventSerializer? Writing(Type eventType) => _byType.GetValueOrDefault(eventType) ?? _ofAll;

    /// <summary>
    /// What reads payloads of this content type as this event type: the type's own serializer if it is of that content type, then any
    /// that is; <see langword="null"/> for the generated serializer.
    /// </summary>
    /// <exception cref="NotSupportedException">Nothing known reads this content type.</exception>
    public IEventSerializer? Reading(Type eventType, string contentType)
    {
        if (Writing(eventType) is { } own && contentType.Equals(own.ContentType, StringComparison.OrdinalIgnoreCase))
            return own;

        if (contentType == ContentTypes.Json)
            return null;

        return _byContentType.GetValueOrDefault(contentType)
            ?? throw new NotSupportedException($"No serializer for the content type '{contentType}' is known; name it with UseSerializer.");
    }

    /// <summary>Whether something known reads payloads of this content type.</summary>
    public bool ReadsContent(string contentType) => contentType == ContentTypes.Json || _byContentType.ContainsKey(contentType);

    private void Remember(IEventSerializer serializer)
    {
        ContentTypes.Check(serializer.ContentType, nameof(serializer));
        _byContentType[serializer.ContentType] = serializer;
    }
}
