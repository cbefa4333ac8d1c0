namespace EventStore.EF;

/// <summary>Which events are read or delivered. Immutable; the parts of a filter must all hold.</summary>
public sealed class EventFilter
{
    private EventFilter(IReadOnlyList<string>? eventTypes, string? prefix)
    {
        EventTypes = eventTypes;
        Prefix = prefix;
    }

    /// <summary>Every event.</summary>
    public static EventFilter All { get; } = new(null, null);

    /// <summary>The stored names of the wanted types, or <see langword="null"/> for every type.</summary>
    public IReadOnlyList<string>? EventTypes { get; }

    /// <summary>What the names of the wanted streams start with, compared ordinally, or <see langword="null"/> for every stream.</summary>
    public string? Prefix { get; }

    /// <summary>Events stored under one of these type names.</summary>
    /// <param name="eventTypes">Stored names, at least one.</param>
    /// <exception cref="ArgumentException">There is no name, or one is empty.</exception>
    public static EventFilter Types(params IEnumerable<string> eventTypes) => All.AndTypes(eventTypes);

    /// <summary>Events of streams whose names start with <paramref name="prefix"/>, compared ordinally: a category of streams.</summary>
    /// <param name="prefix">1 to 255 characters; each stands for itself.</param>
    /// <exception cref="ArgumentException">The prefix is no beginning of a stream name.</exception>
    public static EventFilter StreamPrefix(string prefix) => All.AndStreamPrefix(prefix);

    /// <summary>This filter, and stored under one of these type names.</summary>
    /// <inheritdoc cref="Types"/>
    public EventFilter AndTypes(params IEnumerable<string> eventTypes)
    {
        ArgumentNullException.ThrowIfNull(eventTypes);
        var names = eventTypes.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToArray();
        if (names.Length == 0 || Array.Exists(names, string.IsNullOrEmpty))
            throw new ArgumentException("A filter by event type takes at least one stored name, none of them empty.", nameof(eventTypes));

        return new(EventTypes is null ? names : [.. EventTypes.Intersect(names, StringComparer.Ordinal)], Prefix);
    }

    /// <summary>This filter, and in a stream whose name starts with <paramref name="prefix"/>.</summary>
    /// <inheritdoc cref="StreamPrefix"/>
    public EventFilter AndStreamPrefix(string prefix)
    {
        NameRules.Check(prefix, "stream", StreamName.MaxLength, nameof(prefix));
        if (Prefix is not null)
            throw new ArgumentException($"The filter has a stream prefix already: '{Prefix}'.", nameof(prefix));

        return new(EventTypes, prefix);
    }

    /// <summary>Whether an event of this type in this stream passes.</summary>
    internal bool Accepts(RecordedEvent @event)
        => (EventTypes is null || EventTypes.Contains(@event.EventType))
        && (Prefix is null || @event.StreamName.Value.StartsWith(Prefix, StringComparison.Ordinal));
}
