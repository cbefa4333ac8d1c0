namespace EventStore.EF;

/// <summary>Selects the events to read or deliver. Immutable; an event must satisfy all parts of a filter.</summary>
public sealed class EventFilter
{
    private EventFilter()
    {
    }

    /// <summary>Every event.</summary>
    public static EventFilter All { get; } = new();

    /// <summary>The stored names of the wanted types, or <see langword="null"/> for every type.</summary>
    public IReadOnlyList<string>? EventTypes { get; private init; }

    /// <summary>The prefix of the wanted stream names, compared ordinally, or <see langword="null"/> for every stream.</summary>
    public string? Prefix { get; private init; }

    /// <summary>
    /// The earliest <see cref="RecordedEvent.CreatedAt"/> wanted, inclusive, in UTC, or <see langword="null"/> for no limit.
    /// </summary>
    public DateTimeOffset? CreatedFrom { get; private init; }

    /// <summary>The end of the wanted period, exclusive, in UTC, or <see langword="null"/> for no limit.</summary>
    public DateTimeOffset? CreatedBefore { get; private init; }

    /// <summary>If set, events whose names are not among these also pass, besides those of <see cref="EventTypes"/>.</summary>
    internal IReadOnlySet<string>? KnownTypes { get; private init; }

    /// <summary>Whether every event passes.</summary>
    internal bool IsAll => EventTypes is null && Prefix is null && CreatedFrom is null && CreatedBefore is null;

    /// <summary>Events stored under one of these type names.</summary>
    /// <param name="eventTypes">Stored names, at least one.</param>
    /// <exception cref="ArgumentException">There is no name, or one is empty, or has U+0000 or a lone surrogate.</exception>
    public static EventFilter Types(params IEnumerable<string> eventTypes) => All.AndTypes(eventTypes);

    /// <summary>Events of streams whose names start with <paramref name="prefix"/>, compared ordinally: a category of streams.</summary>
    /// <param name="prefix">1 to 255 characters, without wildcards.</param>
    /// <exception cref="ArgumentException">The prefix is not a valid stream name prefix.</exception>
    public static EventFilter StreamPrefix(string prefix) => All.AndStreamPrefix(prefix);

    /// <summary>Events created in a period.</summary>
    /// <param name="from">The earliest time, inclusive; <see langword="null"/> for no limit.</param>
    /// <param name="before">The end of the period, exclusive; <see langword="null"/> for no limit.</param>
    /// <exception cref="ArgumentException">The period has no limit, or ends before it begins.</exception>
    public static EventFilter Created(DateTimeOffset? from, DateTimeOffset? before) => All.AndCreated(from, before);

    /// <summary>Restricts this filter to events stored under one of these type names.</summary>
    /// <inheritdoc cref="Types"/>
    public EventFilter AndTypes(params IEnumerable<string> eventTypes)
    {
        ArgumentNullException.ThrowIfNull(eventTypes);
        var names = eventTypes.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToArray();
        if (names.Length == 0 || Array.Exists(names, string.IsNullOrEmpty))
        {
            throw new ArgumentException(
                "A filter by event type needs at least one stored name, and none may be empty.", nameof(eventTypes));
        }

        foreach (var name in names)
            NameRules.CheckStorable(name, "The stored name of an event type", nameof(eventTypes));

        return With(eventTypes: EventTypes is null ? names : [.. EventTypes.Intersect(names, StringComparer.Ordinal)]);
    }

    /// <summary>Restricts this filter to streams whose names start with <paramref name="prefix"/>.</summary>
    /// <inheritdoc cref="StreamPrefix"/>
    public EventFilter AndStreamPrefix(string prefix)
    {
        NameRules.Check(prefix, "stream", StreamName.MaxLength, nameof(prefix));
        if (Prefix is not null)
            throw new ArgumentException($"The filter already has a stream prefix: '{Prefix}'.", nameof(prefix));

        return With(prefix: prefix);
    }

    /// <summary>Restricts this filter to events created in a period.</summary>
    /// <inheritdoc cref="Created"/>
    public EventFilter AndCreated(DateTimeOffset? from, DateTimeOffset? before)
    {
        if (from is null && before is null)
            throw new ArgumentException("A filter by time needs a beginning, an end, or both.", nameof(from));

        if (from > before)
            throw new ArgumentException($"A period that begins at {from:O} can't end at {before:O}.", nameof(before));

        var later = from is null || CreatedFrom > from ? CreatedFrom : from;
        var earlier = before is null || CreatedBefore < before ? CreatedBefore : before;
        return With(createdFrom: later?.ToUniversalTime(), createdBefore: earlier?.ToUniversalTime());
    }

    /// <summary>Whether an event passes.</summary>
    internal bool Accepts(RecordedEvent @event)
        => (EventTypes is null || EventTypes.Contains(@event.EventType) || KnownTypes?.Contains(@event.EventType) == false)
        && (Prefix is null || @event.StreamName.Value.StartsWith(Prefix, StringComparison.Ordinal))
        && (CreatedFrom is not { } from || @event.CreatedAt >= from)
        && (CreatedBefore is not { } before || @event.CreatedAt < before);

    /// <summary>This filter with other types in place of its own.</summary>
    internal EventFilter OfTypes(IEnumerable<string> eventTypes) => With(eventTypes: [.. eventTypes]);

    /// <summary>This filter, extended to events whose names are not among these.</summary>
    internal EventFilter OrUnknown(IReadOnlySet<string> knownTypes) => With(knownTypes: knownTypes);

    /// <summary>Whether another filter takes the same events.</summary>
    internal bool IsSameAs(EventFilter other)
        => (Prefix, CreatedFrom, CreatedBefore) == (other.Prefix, other.CreatedFrom, other.CreatedBefore)
        && (EventTypes is null
            ? other.EventTypes is null
            : other.EventTypes is not null && EventTypes.SequenceEqual(other.EventTypes, StringComparer.Ordinal));

    private EventFilter With(
        IReadOnlyList<string>? eventTypes = null, string? prefix = null, DateTimeOffset? createdFrom = null,
        DateTimeOffset? createdBefore = null, IReadOnlySet<string>? knownTypes = null)
        => new()
        {
            EventTypes = eventTypes ?? EventTypes,
            KnownTypes = knownTypes ?? KnownTypes,
            Prefix = prefix ?? Prefix,
            CreatedFrom = createdFrom ?? CreatedFrom,
            CreatedBefore = createdBefore ?? CreatedBefore,
        };
}
