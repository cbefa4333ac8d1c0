namespace EventStore.EF;

/// <summary>Folds events into a state without a store, for tests.</summary>
/// <typeparam name="TState">A type marked with <see cref="StateAttribute"/>.</typeparam>
/// <example><code>
/// var order = StateOf&lt;Order&gt;.Fold(new OrderPlaced(id), new OrderPaid(id, 10));
/// </code></example>
public static class StateOf<TState>
    where TState : notnull
{
    /// <summary>
    /// Folds events as loading a stream of them does, with the upcasters of the state's assembly and of the assemblies it references.
    /// </summary>
    /// <param name="events">
    /// The events, oldest first: instances of types marked with <see cref="EventAttribute"/>; or <see cref="NewEvent"/>s, for their ids and
    /// metadata; or <see cref="RecordedEvent"/>s, such as those of <see cref="EventContext.For"/>, for everything else. If a method takes
    /// the <see cref="RecordedEvent"/> of one of the others, its stream is <c>test-1</c>, its version and position are its number among
    /// <paramref name="events"/>, from 1, and its time is the beginning of 1970.
    /// </param>
    /// <returns>The state. Without events, it is the one with which a stream begins.</returns>
    /// <exception cref="ArgumentNullException">An event is <see langword="null"/>.</exception>
    /// <exception cref="InvalidOperationException">
    /// The type isn't marked, no event creates the state, or one precedes the one that does.
    /// </exception>
    /// <exception cref="EventNotRegisteredException">
    /// A method takes the <see cref="RecordedEvent"/> of an event whose type is not registered.
    /// </exception>
    /// <exception cref="EventSerializationException">
    /// A method takes the <see cref="RecordedEvent"/> of an event that can't be written.
    /// </exception>
#pragma warning disable CA1000 // It reads as what it is: StateOf<Order>.Fold(events).
    public static TState Fold(params IEnumerable<object> events)
#pragma warning restore CA1000
    {
        ArgumentNullException.ThrowIfNull(events);
        var catalog = GivenEvents.CatalogOf(typeof(TState));
        var descriptor = catalog.FindState(typeof(TState))
            ?? throw new InvalidOperationException(
                $"{typeof(TState)} is not a state. Mark it [State], in a project that references EventStore.EF.Abstractions.");
        var state = descriptor.Begin?.Invoke();
        var version = 0L;
        foreach (var @event in events)
        {
            ArgumentNullException.ThrowIfNull(@event, nameof(events));
            version++;
            var recorded = @event as RecordedEvent
                ?? (descriptor.TakesRecordedEvents
                    ? GivenEvents.Record(@event, GivenEvents.Stream, version, DateTimeOffset.UnixEpoch)
                    : null);
            var parts = @event is RecordedEvent stored
                ? stored.Parts
                : catalog.Upcasters.Upcast(@event is NewEvent given ? given.Data : @event);
            foreach (var data in parts)
                state = descriptor.Fold(state, data, recorded);
        }

        return state is TState folded
            ? folded
            : throw new InvalidOperationException(
                $"None of the {version} events creates {typeof(TState)}. Begin with an event that one of its Create methods takes.");
    }
}
