using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;

namespace EventStore.EF;

/// <summary>Calls a subscriber's handlers, by the dispatch that the generator wrote.</summary>
internal sealed class SubscriberHandler
{
    private readonly SubscriptionName _name;
    private readonly SubscriptionOptions _options;
    private readonly EventCatalog _catalog;
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
        (_options, _catalog) = (registration.Options, catalog);
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
        Coverage = new(catalog, Filter.EventTypes!);
        if (registration.Options.Retired.FirstOrDefault(Filter.EventTypes!.Contains) is { } retired)
        {
            throw new InvalidOperationException(
                $"Subscription '{_name}' is told by SubscriptionOptions.Retired that '{retired}' is handled no longer, and {registration.SubscriberType} still handles it. Remove the handler, or the name from Retired.");
        }
    }

    /// <summary>Which events the class handles in this build.</summary>
    public HandlerCoverage Coverage { get; }

    /// <summary>Watches for events that no type in this build reads.</summary>
    public UnknownTypes Unknown(ForeignTypes foreign, SubscriptionParts parts)
        => new(_name, _options, _catalog, foreign, _subscriber.HandledTypes.Contains(typeof(object)), parts);

    /// <summary>The stored names of the events that have a handler; the database leaves out the others.</summary>
    public EventFilter Filter { get; }

    /// <summary>Handles one event, in a service scope of its own.</summary>
    /// <param name="item">The event.</param>
    /// <param name="attempt">1 for the first attempt.</param>
    /// <param name="ct">Cancelled when another process may have taken over, or the host stops.</param>
    public async ValueTask HandleAsync(DeliveryItem item, int attempt, CancellationToken ct)
    {
        await using var scope = CreateScope();
        await HandleAsync(scope.ServiceProvider, item, attempt, ct).ConfigureAwait(false);
    }

    /// <summary>A scope of the application's services.</summary>
    /// <exception cref="ProcessFaultException">They are disposed of.</exception>
    public AsyncServiceScope CreateScope()
    {
        try
        {
            return _scopes.CreateAsyncScope();
        }
        catch (ObjectDisposedException exception)
        {
            throw new ProcessFaultException($"The application's services are disposed of: {exception.Message}", exception);
        }
    }

    /// <summary>Makes the class once, so that what it depends on is missed at the start rather than at the first event.</summary>
    /// <exception cref="InvalidOperationException">A service that the class depends on is missing, or can't be made.</exception>
    public async Task RequireServicesAsync(Type? contextType)
    {
        await using var scope = _scopes.CreateAsyncScope();
        try
        {
            if (contextType is not null)
                _ = scope.ServiceProvider.GetRequiredService(contextType);

            _ = scope.ServiceProvider.GetRequiredService(_subscriber.ClrType);
        }
        catch (Exception exception)
        {
            throw new InvalidOperationException($"Subscription '{_name}' can't start, because {_subscriber.ClrType} can't be made: {exception.Message}", exception);
        }
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
                : _subscriber.Dispatch(Resolve(scope), data, context, ct);
            await handling.ConfigureAwait(false);
        }
        finally
        {
            context.End();
        }
    }

    private object Resolve(IServiceProvider scope)
    {
        try
        {
            return scope.GetRequiredService(_subscriber.ClrType);
        }
        catch (Exception exception)
        {
            throw new ProcessFaultException($"{_subscriber.ClrType} can't be made: {exception.Message}", exception);
        }
    }

    private async ValueTask DispatchAsync(IServiceProvider scope, DeliveryItem item, EventContext context, CancellationToken ct)
    {
        using var activity = Telemetry.Handling(context, continuesTrace: _continuesTraces && context.Attempt == 1 && item.TakeTrace());
        try
        {
            var subscriber = Resolve(scope);
            foreach (var part in context.Event.Parts)
                await _subscriber.Dispatch(subscriber, part, context, ct).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            activity?.SetStatus(ActivityStatusCode.Error, ErrorText.Describe(exception));
            throw;
        }
    }
}
