using EventStore.EF;
using EventStore.EF.HealthChecks;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds the health checks of the event store. <c>AddEventStore</c> on the services registers the store itself.</summary>
public static class EventStoreHealthChecksBuilderExtensions
{
    private static readonly TimeSpan StoreTimeout = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan SubscriptionsTimeout = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Adds a check of the store's database, for readiness: it can be reached, and its schema is that of this version of the package. One
    /// statement, at most once per <see cref="EventStoreOptions.ReportInterval"/>.
    /// </summary>
    /// <remarks>
    /// A schema that a newer version has migrated is <see cref="HealthStatus.Degraded"/>, unless
    /// <see cref="EventStoreOptions.AllowNewerSchema"/> is on; so is one that the database role may not see. Don't use it for liveness:
    /// restarting a process doesn't bring a database back.
    /// </remarks>
    /// <param name="builder">The health checks.</param>
    /// <param name="name">The check's name, <c>eventstore</c> by default.</param>
    /// <param name="failureStatus">
    /// What it reports if the database is away or the schema missing; <see cref="HealthStatus.Unhealthy"/> by default.
    /// </param>
    /// <param name="tags">Tags by which an endpoint selects it; none by default.</param>
    /// <param name="timeout">The longest it may take; 5 seconds by default.</param>
    public static IHealthChecksBuilder AddEventStore(
        this IHealthChecksBuilder builder, string name = "eventstore", HealthStatus? failureStatus = null,
        IEnumerable<string>? tags = null, TimeSpan? timeout = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.Add(new(
            name, services => new StoreHealthCheck(
                services.GetRequiredService<IEventStoreOperations>(), services.GetRequiredService<EventStoreOptions>()),
            failureStatus, tags, timeout ?? StoreTimeout));
    }

    /// <summary>
    /// Adds a check of the store's durable subscriptions, in whatever process they run, judged from the database's tables: the worst status
    /// of all subscriptions. Reads at most once per <see cref="EventStoreOptions.ReportInterval"/>.
    /// </summary>
    /// <remarks>
    /// <para>
    /// Behind but moving is <see cref="HealthStatus.Degraded"/>, with an estimate of when it will have caught up; no progress for
    /// <see cref="SubscriptionHealthOptions.UnhealthyAfter"/> while events wait, and no owner, are <see cref="HealthStatus.Unhealthy"/>;
    /// paused is <see cref="HealthStatus.Healthy"/>, but <see cref="HealthStatus.Degraded"/> if it was stopped by an error. What can't be
    /// decided is never healthy.
    /// </para>
    /// <para>
    /// It speaks about the whole store. For one process among several it is neither liveness nor readiness: give it an endpoint or a
    /// publisher of its own, and alert on it.
    /// </para>
    /// </remarks>
    /// <param name="builder">The health checks.</param>
    /// <param name="configure">Sets options; see <see cref="SubscriptionHealthOptions"/>.</param>
    /// <param name="name">The check's name, <c>eventstore-subscriptions</c> by default.</param>
    /// <param name="failureStatus">
    /// What it reports if the database is away; <see cref="HealthStatus.Unhealthy"/> by default.
    /// </param>
    /// <param name="tags">Tags by which an endpoint selects it; none by default.</param>
    /// <param name="timeout">The longest it may take; 30 seconds by default.</param>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of range.</exception>
    public static IHealthChecksBuilder AddEventStoreSubscriptions(
        this IHealthChecksBuilder builder, Action<SubscriptionHealthOptions>? configure = null, string name = "eventstore-subscriptions",
        HealthStatus? failureStatus = null, IEnumerable<string>? tags = null, TimeSpan? timeout = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var options = new SubscriptionHealthOptions();
        configure?.Invoke(options);
        options.Validate();
        return builder.Add(new(
            name, services => new SubscriptionHealthCheck(services.GetRequiredService<IEventStoreOperations>(), options),
            failureStatus, tags, timeout ?? SubscriptionsTimeout));
    }

    /// <summary>
    /// Adds a check of this process, for liveness: none of the store's loops has ended by an exception or is stuck. It asks no database,
    /// and stays healthy while the database is away. Healthy before the first subscription, and where there are none.
    /// </summary>
    /// <param name="builder">The health checks.</param>
    /// <param name="configure">Sets options; see <see cref="LoopHealthOptions"/>.</param>
    /// <param name="name">The check's name, <c>eventstore-loops</c> by default.</param>
    /// <param name="failureStatus">
    /// What it reports if a loop has ended or is stuck; <see cref="HealthStatus.Unhealthy"/> by default.
    /// </param>
    /// <param name="tags">Tags by which an endpoint selects it; none by default.</param>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of range.</exception>
    public static IHealthChecksBuilder AddEventStoreLoops(
        this IHealthChecksBuilder builder, Action<LoopHealthOptions>? configure = null, string name = "eventstore-loops",
        HealthStatus? failureStatus = null, IEnumerable<string>? tags = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var options = new LoopHealthOptions();
        configure?.Invoke(options);
        options.Validate();
        return builder.Add(new(
            name, services => new LoopHealthCheck(services.GetRequiredService<IEventStoreOperations>(), options), failureStatus, tags));
    }
}
