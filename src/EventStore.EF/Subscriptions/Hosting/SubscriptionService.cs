using EventStore.EF.Schema;
using EventStore.EF.Subscriptions.Definitions;
using EventStore.EF.Subscriptions.Handlers;
using EventStore.EF.Subscriptions.Leases;
using EventStore.EF.Subscriptions.Processing;
using EventStore.EF.Subscriptions.Projections;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace EventStore.EF.Subscriptions.Hosting;

/// <summary>
/// Runs the application's subscribers and projections with the host. What may fail the start, and what other builds must know, comes before
/// any hosted service starts: the first of them may append.
/// </summary>
internal sealed class SubscriptionService(
    IEnumerable<SubscriberRegistration> registrations, EventCatalog catalog, IServiceScopeFactory scopes, SubscriptionEngine engine,
    SubscriptionServices services, ProjectionDatabase database, ForeignTypes foreign)
    : BackgroundService, IHostedLifecycleService
{
    private readonly List<Subscriber> _subscribers = [];

    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        // Created here, so that a class that cannot be dispatched to fails the start instead of a background task.
        foreach (var registration in registrations)
        {
            var handler = new SubscriberHandler(registration, catalog, scopes, services.Meter, services.StoreOptions.ContinueTraces);
            if (registration.ContextType is not null)
                await database.RequireAsync(registration, cancellationToken).ConfigureAwait(false);

            await handler.RequireServicesAsync(registration.ContextType).ConfigureAwait(false);

            var key = new SubscriptionKey(registration.Name, registration.Options.Stream?.Value ?? EventStoreModel.All, 0);
            _subscribers.Add(new(
                new(key, registration.Options, handler.Filter, handler.Coverage, handler.Unknown(foreign, services.Logger)),
                registration.Options,
                registration.SubscriberType.ToString(),
                registration.ContextType is { } context
                    ? subscription => new ProjectionWorker(
                        new(handler, context, registration.Name, services), subscription, services)
                    : subscription => new HandlerWorker(handler, subscription, services)));
        }

        var shapes = _subscribers.Select(subscriber => (subscriber.Subscription.Key, subscriber.Subscription.Options, subscriber.Handler));
        await new ShapeCheck(services).RunAsync([.. shapes], cancellationToken).ConfigureAwait(false);

        // Before the application appends, so that no owner with an older build passes an event that this build handles; but after
        // everything that may fail the start.
        foreach (var (subscription, options, handler, _) in _subscribers)
        {
            await engine.DeclareAsync(
                subscription.Key, options, handler, subscription.Coverage!.Types, cancellationToken).ConfigureAwait(false);
        }

        await new UnawareOwners(services.Leases, services.Storage, services.Access, services.Time, services.Logger).WaitAsync(
            [.. _subscribers.Select(subscriber => subscriber.Subscription.Key)], cancellationToken).ConfigureAwait(false);
    }

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken).ConfigureAwait(false);

        // Also stops the application's own consumers, while the services they need still exist.
        await engine.StopAsync().ConfigureAwait(false);
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken)
        => Task.WhenAll(_subscribers.Select(
            subscriber => engine.RunAsync(subscriber.Subscription, subscriber.CreateWorker, stoppingToken)));

    /// <param name="Subscription">The subscription that the class reads.</param>
    /// <param name="Options">Its options.</param>
    /// <param name="Handler">The class's full name without the assembly.</param>
    /// <param name="CreateWorker">Creates the worker that calls the class.</param>
    private sealed record Subscriber(
        SubscriptionDefinition Subscription, SubscriberOptions Options, string Handler, Func<SubscriptionDefinition, IWorker> CreateWorker);
}
