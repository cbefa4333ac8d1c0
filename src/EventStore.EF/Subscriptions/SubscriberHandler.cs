using Microsoft.Extensions.DependencyInjection;

namespace EventStore.EF;

/// <summary>Calls a subscriber's handlers, each event in a service scope of its own, by the dispatch that the generator wrote.</summary>
internal sealed class SubscriberHandler
{
    private readonly SubscriptionName _name;
    private readonly SubscriberDescriptor _subscriber;
    private readonly IServiceScopeFactory _scopes;

    public SubscriberHandler(SubscriberRegistration registration, EventCatalog catalog, IServiceScopeFactory scopes)
    {
        _name = registration.Name;
        _scopes = scopes;
        _subscriber = catalog.FindSubscriber(registration.SubscriberType)
            ?? throw new InvalidOperationException(
                $"{registration.SubscriberType} (subscription '{_name}') is not in the generated catalog. It must implement ISubscriber<TEvent>, be internal or public " +
                "and not nested in a private type, and its project must have the generator of EventStore.EF.Abstractions.");

        var names = catalog.NamesReadAs(_subscriber.HandledTypes).ToArray();
        if (names.Length == 0)
        {
            throw new InvalidOperationException(
                $"{registration.SubscriberType} (subscription '{_name}') handles {string.Join(", ", _subscriber.HandledTypes)}, and no registered event is one of these. Mark the event types [Event].");
        }

        Filter = EventFilter.Types(names);
    }

    /// <summary>The stored names of the events that have a handler; the database leaves out the others.</summary>
    public EventFilter Filter { get; }

    public async Task HandleAsync(RecordedEvent @event, int attempt, CancellationToken ct)
    {
        var context = new EventContext(@event, _name, attempt);
        await using var scope = _scopes.CreateAsyncScope();
        var subscriber = scope.ServiceProvider.GetRequiredService(_subscriber.ClrType);
        EventContext.SetCurrent(context);
        try
        {
            foreach (var data in @event.Parts)
                await _subscriber.Dispatch(subscriber, data, context, ct).ConfigureAwait(false);
        }
        finally
        {
            EventContext.SetCurrent(null);
        }
    }
}
