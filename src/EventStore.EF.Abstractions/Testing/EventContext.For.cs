namespace EventStore.EF;

public sealed partial class EventContext
{
    /// <summary>Creates the context of an event that no store has stored, for tests of handlers.</summary>
    /// <remarks>
    /// <see cref="RecordedEvent.Data"/> is the event itself, and <see cref="RecordedEvent.Payload"/> its generated JSON; empty if the
    /// application serializes the type itself.
    /// </remarks>
    /// <param name="event">
    /// An instance of a type marked with <see cref="EventAttribute"/>; or a <see cref="NewEvent"/>, whose ids and metadata the stored event
    /// then has.
    /// </param>
    /// <param name="stream">The stream the event was appended to; <c>test-1</c> by default.</param>
    /// <param name="version">The event's version in its stream, from 1, which is also its position; 1 by default.</param>
    /// <param name="createdAt">When the event was appended; the beginning of 1970 by default.</param>
    /// <param name="subscription">The subscription that delivers the event; <c>test</c> by default.</param>
    /// <param name="attempt">1 for the first attempt, 2 for the first retry, and so on; 1 by default.</param>
    /// <exception cref="ArgumentException">A version or an attempt is below 1, or a name is invalid.</exception>
    /// <exception cref="EventNotRegisteredException">
    /// The type is not marked with <see cref="EventAttribute"/>, or its assembly was built without the generator.
    /// </exception>
    /// <exception cref="EventSerializationException">The event can't be written.</exception>
    public static EventContext For(
        object @event, StreamName? stream = null, long version = 1, DateTimeOffset? createdAt = null,
        SubscriptionName? subscription = null, int attempt = 1)
    {
        ArgumentNullException.ThrowIfNull(@event);
        ArgumentOutOfRangeException.ThrowIfLessThan(version, 1);
        var recorded = GivenEvents.Record(@event, stream ?? GivenEvents.Stream, version, createdAt ?? DateTimeOffset.UnixEpoch);
        return new(recorded, subscription ?? "test", attempt);
    }
}
