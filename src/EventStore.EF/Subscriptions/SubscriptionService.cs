using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace EventStore.EF;

/// <summary>Runs the application's subscribers and projections with the host.</summary>
internal sealed class SubscriptionService(
    IEnumerable<SubscriberRegistration> registrations, EventCatalog catalog, IServiceScopeFactory scopes, SubscriptionEngine engine, ProjectionDatabase database, ForeignTypes foreign) : BackgroundService
{
    private readonly List<Subscriber> _subscribers = [];

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        // Made here, so that a handler that can't be dispatched to fails the start rather than a background task.
        foreach (var registration in registrations)
        {
            var handler = new SubscriberHandler(registration, catalog, scopes, engine.Parts.StoreOptions.ContinueTraces);
            if (registration.ContextType is not null)
                await database.RequireAsync(registration, cancellationToken).ConfigureAwait(false);

            await handler.RequireServicesAsync(registration.ContextType).ConfigureAwait(false);

            var key = new SubscriptionKey(registration.Name, registration.Options.Stream?.Value ?? EventStoreModel.All, 0);
            _subscribers.Add(new(
                new(key, registration.Options, handler.Filter, handler.Coverage, handler.Unknown(foreign, engine.Parts)),
                registration.SubscriberType.ToString(),
                registration.ContextType is { } context
                    ? subscription => new ProjectionWorker(new(handler, context, registration.Name, engine.Parts), subscription, engine.Parts)
                    : subscription => new HandlerWorker(handler, subscription, engine.Parts)));
        }

        var shapes = _subscribers.Select(subscriber => (subscriber.Subscription.Key, subscriber.Subscription.Options, subscriber.Handler));
        await new ShapeCheck(engine.Parts).RunAsync([.. shapes], cancellationToken).ConfigureAwait(false);

        // Before the application appends anything, so that no owner of an older build passes an event that this one handles; and after all that may
        // fail the start.
        foreach (var (subscription, handler, _) in _subscribers)
        {
            await engine.DeclareAsync(
                subscription.Key, subscription.Options, handler, subscription.Coverage!.Types, cancellationToken).ConfigureAwait(false);
        }

        await base.StartAsync(cancellationToken).ConfigureAwait(false);
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken).ConfigureAwait(false);

        // The application's own consumers too, while everything that they need is still there.
        await engine.StopAsync().ConfigureAwait(false);
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken)
        => Task.WhenAll(_subscribers.Select(subscriber => engine.RunAsync(subscriber.Subscription, subscriber.CreateWorker, stoppingToken)));

    /// <param name="Subscription">What its class reads.</param>
    /// <param name="Handler">The class's full name without the assembly.</param>
    /// <param name="CreateWorker">Makes what calls the class.</param>
    private sealed record Subscriber(
        SubscriptionDefinition Subscription, string Handler, Func<SubscriptionDefinition, IWorker> CreateWorker);
}
