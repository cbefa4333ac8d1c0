using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace EventStore.EF;

/// <summary>Options of the health check of subscriptions; validated by <c>AddEventStoreSubscriptions</c>.</summary>
public sealed class SubscriptionHealthOptions
{
    /// <summary>
    /// The lag in time (<see cref="SubscriptionInfo.LagTime"/>) from which a subscription is <see cref="HealthStatus.Degraded"/>;
    /// 30 seconds by default. Greater than zero, at most 10 days. Longer than <see cref="SubscriptionOptions.CheckpointAfter"/> of every
    /// subscription: what is finished counts when its checkpoint is written.
    /// </summary>
    public TimeSpan DegradedAfter { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// How long a subscription may finish nothing while events wait for it before it is <see cref="HealthStatus.Unhealthy"/>; 5 minutes by
    /// default. Longer than the slowest handler takes. Greater than zero, at most 10 days. The time counts from the first look of this
    /// process; until then, and while the subscription moves, it is <see cref="HealthStatus.Degraded"/>.
    /// </summary>
    public TimeSpan UnhealthyAfter { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>
    /// How long a subscription may have no owner, for one of its partitions at least, before it is <see cref="HealthStatus.Unhealthy"/>; 30
    /// seconds by default, so that a deployment passes. Until then it is <see cref="HealthStatus.Degraded"/>. The time counts from the end
    /// of the last owner's lease, if that is stored, otherwise from the first look of this process. Zero for at once, at most 10 days.
    /// </summary>
    public TimeSpan WithoutOwnerAfter { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>The status of a subscription that has parked events; <see cref="HealthStatus.Degraded"/> by default.</summary>
    public HealthStatus ParkedIs { get; set; } = HealthStatus.Degraded;

    /// <summary>
    /// The names of the subscriptions to check; empty by default, for all subscriptions of the store. One that doesn't exist is
    /// <see cref="HealthStatus.Unhealthy"/>.
    /// </summary>
    public ICollection<SubscriptionName> Only { get; } = new HashSet<SubscriptionName>();

    /// <summary>The names of subscriptions that are not checked, such as those of another application; empty by default.</summary>
    public ICollection<SubscriptionName> Except { get; } = new HashSet<SubscriptionName>();

    private static TimeSpan Longest { get; } = TimeSpan.FromDays(10);

    /// <exception cref="ArgumentOutOfRangeException">An option is out of range; the message names it.</exception>
    internal void Validate()
    {
        Check(
            DegradedAfter > TimeSpan.Zero && DegradedAfter <= Longest, nameof(DegradedAfter), DegradedAfter,
            "more than zero, at most 10 days");
        Check(
            UnhealthyAfter > TimeSpan.Zero && UnhealthyAfter <= Longest, nameof(UnhealthyAfter), UnhealthyAfter,
            "more than zero, at most 10 days");
        Check(
            WithoutOwnerAfter >= TimeSpan.Zero && WithoutOwnerAfter <= Longest, nameof(WithoutOwnerAfter), WithoutOwnerAfter,
            "zero to 10 days");
        Check(Enum.IsDefined(ParkedIs), nameof(ParkedIs), ParkedIs, "Healthy, Degraded or Unhealthy");
    }

    private static void Check(bool holds, string option, object value, string rule)
    {
        if (!holds)
            throw new ArgumentOutOfRangeException(option, value, $"SubscriptionHealthOptions.{option} must be {rule}.");
    }
}
