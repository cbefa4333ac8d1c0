using EventStore.EF.Errors;
using EventStore.EF.Subscriptions.Definitions;
using EventStore.EF.Subscriptions.Delivery;
using EventStore.EF.Subscriptions.Processing;
using EventStore.EF.Telemetry;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace EventStore.EF.Subscriptions.Handlers;

/// <summary>Calls a subscriber's handlers through the generated dispatch.</summary>
internal sealed class SubscriberHandler
{
    private readonly SubscriptionName _name;
    private readonly SubscriberOptions _options;
    private readonly EventCatalog _catalog;
    private readonly SubscriberDescriptor _subscriber;
    private readonly IServiceScopeFactory _scopes;
    private readonly StoreMeter _meter;
    private readonly bool _continuesTraces;

    /// <param name="registration">The subscriber.</param>
    /// <param name="catalog">Contains the dispatch.</param>
    /// <param name="scopes">Create the subscriber's instances.</param>
    /// <param name="meter">Measures the calls.</param>
    /// <param name="continuesTraces">See <see cref="EventStoreOptions.ContinueTraces"/>.</param>
    public SubscriberHandler(
        SubscriberRegistration registration, EventCatalog catalog, IServiceScopeFactory scopes, StoreMeter meter, bool continuesTraces)
    {
        _name = registration.Name;
        (_options, _catalog) = (registration.Options, catalog);
        _scopes = scopes;
        _meter = meter;
        _continuesTraces = continuesTraces;
        _subscriber = catalog.FindSubscriber(registration.SubscriberType)
            ?? throw new InvalidOperationException(
                $"{registration.SubscriberType} (subscription '{_name}') is not in the generated catalog. It must implement " +
                "ISubscriber<TEvent>, be internal or public and not nested in a private type, and its project must have the generator of " +
                "EventStore.EF.Abstractions.");

        var names = catalog.NamesReadAs(_subscriber.HandledTypes).ToArray();
        if (names.Length == 0)
        {
            throw new InvalidOperationException(
                $"{registration.SubscriberType} (subscription '{_name}') handles {string.Join(", ", _subscriber.HandledTypes)}, " +
                "and no registered event is one of these. Mark the event types with [Event].");
        }

        Filter = registration.Options.Filter.AndTypes(names);
        if (Filter.EventTypes!.Count == 0)
        {
            throw new InvalidOperationException(
                $"The filter of subscription '{_name}' accepts only events {Quoted(registration.Options.Filter.EventTypes!)}, and " +
                $"{registration.SubscriberType} handles none of these, but {Quoted(names)}. Correct the filter, or remove it: a class is " +
                "only given what it handles.");
        }

        Coverage = new(catalog, Filter.EventTypes!);
        if (registration.Options.Retired.FirstOrDefault(Filter.EventTypes!.Contains) is { } retired)
        {
            throw new InvalidOperationException(
                $"SubscriberOptions.Retired of subscription '{_name}' says that '{retired}' is no longer handled, " +
                $"but {registration.SubscriberType} still handles it. Remove the handler, or remove the name from Retired.");
        }
    }

    /// <summary>The events that the class handles in this build.</summary>
    public HandlerCoverage Coverage { get; }

    /// <summary>Creates the watch for events that no type in this build reads.</summary>
    public UnknownTypes Unknown(ForeignTypes foreign, ILogger logger)
        => new(_name, _options, _catalog, foreign, _subscriber.HandledTypes.Contains(typeof(object)), _meter, logger);

    /// <summary>Selects the stored names of the events that have a handler; the database leaves out the others.</summary>
    public EventFilter Filter { get; }

    /// <summary>Handles one event in its own service scope, and in a span of its own if anyone listens.</summary>
    /// <param name="item">The event.</param>
    /// <param name="attempt">1 for the first attempt.</param>
    /// <param name="ct">Cancelled when another process may have taken over or the host stops.</param>
    public ValueTask HandleAsync(DeliveryItem item, int attempt, CancellationToken ct)
        => Tracing.IsListenedTo || _meter.MeasuresHandling ? ObserveAsync(item, attempt, ct) : HandleInScopeAsync(item, attempt, ct);

    /// <summary>Creates a scope of the application's services.</summary>
    /// <exception cref="ProcessFaultException">The services are disposed.</exception>
    public AsyncServiceScope CreateScope()
    {
        try
        {
            return _scopes.CreateAsyncScope();
        }
        catch (ObjectDisposedException exception)
        {
            throw new ProcessFaultException($"The application's services have been disposed: {exception.Message}", exception);
        }
    }

    /// <summary>Creates the class once, so that a missing dependency fails the start and not the first event.</summary>
    /// <exception cref="InvalidOperationException">A service that the class depends on is missing or cannot be created.</exception>
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
            throw new InvalidOperationException(
                $"Subscription '{_name}' cannot start because {_subscriber.ClrType} cannot be created: {ErrorText.Describe(exception)}",
                exception);
        }
    }

    /// <summary>
    /// Handles one event with the subscriber of a service scope. The event's context is the ambient one until this completes. The caller
    /// observes it.
    /// </summary>
    public async ValueTask HandleAsync(IServiceProvider scope, DeliveryItem item, int attempt, CancellationToken ct)
    {
        var context = new EventContext(item.Event, _name, attempt);
        EventContext.SetCurrent(context);
        try
        {
            var handling = item.Event.Parts is [var data]
                ? _subscriber.Dispatch(Resolve(scope), data, context, ct)
                : DispatchAsync(Resolve(scope), context, ct);
            await handling.ConfigureAwait(false);
        }
        finally
        {
            context.End();
        }
    }

    private static string Quoted(IEnumerable<string> names)
        => string.Join(", ", names.Order(StringComparer.Ordinal).Select(name => $"'{name}'"));

    private object Resolve(IServiceProvider scope)
    {
        try
        {
            return scope.GetRequiredService(_subscriber.ClrType);
        }
        catch (Exception exception)
        {
            throw new ProcessFaultException($"{_subscriber.ClrType} cannot be created: {ErrorText.Describe(exception)}", exception);
        }
    }

    private async ValueTask DispatchAsync(object subscriber, EventContext context, CancellationToken ct)
    {
        foreach (var part in context.Event.Parts)
            await _subscriber.Dispatch(subscriber, part, context, ct).ConfigureAwait(false);
    }

    private async ValueTask ObserveAsync(DeliveryItem item, int attempt, CancellationToken ct)
    {
        var begunAt = _meter.BeginHandling();
        using var span = Tracing.IsListenedTo
            ? ProcessSpan.Start(_name, item.Event, attempt, item.IsLive, _continuesTraces && attempt == 1 && item.TakeTrace())
            : null;
        Exception? failure = null;
        try
        {
            await HandleInScopeAsync(item, attempt, ct).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            failure = exception;
            Tracing.Fail(span, exception);
            throw;
        }
        finally
        {
            _meter.Processed(_name, 1, begunAt, failure, ct);
        }
    }

    private async ValueTask HandleInScopeAsync(DeliveryItem item, int attempt, CancellationToken ct)
    {
        await using var scope = CreateScope();
        await HandleAsync(scope.ServiceProvider, item, attempt, ct).ConfigureAwait(false);
    }
}
