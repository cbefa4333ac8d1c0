namespace EventStore.EF.Subscriptions.Definitions;

/// <summary>The events that a handler class handles in this build.</summary>
/// <param name="catalog">The event types that this build reads.</param>
/// <param name="names">The stored names of the events that the class handles.</param>
internal sealed class HandlerCoverage(EventCatalog catalog, IEnumerable<string> names)
{
    private readonly HashSet<string> _names = new(names, StringComparer.Ordinal);

    /// <summary>The events that the class handles, with the versions that this build reads.</summary>
    public HandledTypes Types { get; } = HandledTypes.Of(
        names.SelectMany(name => catalog.VersionsOf(name).Select(version => (name, version))));

    /// <summary>Whether a registered type reads an event.</summary>
    public bool Reads(RecordedEvent @event) => catalog.Reads(@event.EventType, @event.SchemaVersion);

    /// <summary>Why this build cannot hand an event to the class; <see langword="null"/> if it can.</summary>
    public string? Obstacle(RecordedEvent @event)
        => !_names.Contains(@event.EventType) ? "the handler class in this process doesn't handle it"
        : !Reads(@event) ? $"no type in this process reads version {@event.SchemaVersion}"
        : !catalog.Serializers.ReadsContent(@event.ContentType) ? $"no serializer in this process reads '{@event.ContentType}'"
        : null;
}
