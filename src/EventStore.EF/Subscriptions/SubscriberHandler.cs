using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;

namespace EventStore.EF;

/// <summary>Calls a subscriber's handlers, by the dispatch that the generator wrote.</summary>
internal sealed class SubscriberHandler
{
    private readonly SubscriptionName _name;
    private readonly SubscriberDescriptor _subscriber;
    private readonly IServiceScopeFactory _scopes;
    private readonly bool _continuesTraces;

    /// <param name="registration">The subscriber.</param>
    /// <param name="catalog">Has its dispatch.</param>
    /// <param name="scopes">Give the subscriber's objects.</param>
    /// <param name="continuesTraces">See <see cref="EventStoreOptions.ContinueTraces"/>.</param>
    public SubscriberHandler(SubscriberRegistration registration, EventCatalog catalog, IServiceScopeFactory scopes, bool continuesTraces)
    {
        _name = registration.Name;
        _scopes = scopes;
        _continuesTraces = continuesTraces;
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

        Filter = registration.Options.Filter.AndTypes(names);
    }

    /// <summary>The stored names of the events that have a handler; the database leaves out the others.</summary>
    public EventFilter Filter { get; }

    /// <summary>Handles one event, in a service scope of its own.</summary>
    /// <param name="item">The event.</param>
    /// <param name="attempt">1 for the first attempt.</param>
    /// <param name="ct">Cancelled when another process may have taken over, or the host stops.</param>
    public async ValueTask HandleAsync(DeliveryItem item, int attempt, CancellationToken ct)
    {
        await using var scope = _scopes.CreateAsyncScope();
        await HandleAsync(scope.ServiceProvider, item, attempt, ct).ConfigureAwait(false);
    }

    /// <summary>Handles one event by the subscriber of a service scope. Until then its context is the ambient one, and no longer.</summary>
    public async ValueTask HandleAsync(IServiceProvider scope, DeliveryItem item, int attempt, CancellationToken ct)
    {
        var context = new EventContext(item.Event, _name, attempt);
        EventContext.SetCurrent(context);
        try
        {
            var handling = Telemetry.IsListenedTo || item.Event.Parts is not [var data]
                ? DispatchAsync(scope, item, context, ct)
                : _subscriber.Dispatch(scope.GetRequiredService(_subscriber.ClrType), data, context, ct);
            await handling.ConfigureAwait(false);
        }
        finally
        {
            context.End();
        }
    }

    private async ValueTask DispatchAsync(IServiceProvider scope, DeliveryItem item, EventContext context, CancellationToken ct)
    {
        using var activity = Telemetry.Handling(context, continuesTrace: _continuesTraces && context.Attempt == 1 && item.TakeTrace());
        try
        {
            var subscriber = scope.GetRequiredService(_subscriber.ClrType);
            foreach (var part in context.Event.Parts)
                await _subscriber.Dispatch(subscriber, part, context, ct).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            activity?.SetStatus(ActivityStatusCode.Error, exception.Message);
            throw;
        }
    }
}
