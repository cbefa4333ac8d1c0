using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace EventStore.EF;

/// <summary>Runs the application's subscribers with the host.</summary>
internal sealed class SubscriptionService(
    IEnumerable<SubscriberRegistration> registrations, EventCatalog catalog, IServiceScopeFactory scopes, SubscriptionEngine engine) : BackgroundService
{
    private IReadOnlyList<(SubscriptionDefinition Subscription, SubscriberHandler Handler)> Subscribers { get; set; } = [];

    public override Task StartAsync(CancellationToken cancellationToken)
    {
        // Made here, so that a handler that can't be dispatched to fails the start rather than a background task.
        Subscribers = [.. registrations.Select(registration =>
        {
            var handler = new SubscriberHandler(registration, catalog, scopes);
            var source = registration.Options.Stream?.Value ?? EventStoreModel.All;
            return (new SubscriptionDefinition(new(registration.Name, source, 0), registration.Options, handler.Filter, MixBatches: true), handler);
        })];
        return base.StartAsync(cancellationToken);
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.WhenAll(
        Subscribers.Select(subscriber => engine.RunAsync(
            subscriber.Subscription, subscription => new HandlerWorker(subscriber.Handler, subscription, engine.Parts), stoppingToken)));
}
