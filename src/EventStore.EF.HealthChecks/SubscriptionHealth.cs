using System.Globalization;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace EventStore.EF.HealthChecks;

/// <summary>The health of one subscription.</summary>
/// <param name="Name">Its name, with its stream if it reads one.</param>
/// <param name="Status">The status.</param>
/// <param name="Text">Why, as the end of a sentence that begins with the name.</param>
internal sealed record SubscriptionHealth(string Name, HealthStatus Status, string Text)
{
    /// <summary>Judges a subscription by what the database shows of it.</summary>
    public static SubscriptionHealth Judge(SubscriptionReport subscription, StoreReport report, SubscriptionHealthOptions options)
    {
        var info = subscription.Info;
        var name = info.Stream is { } stream ? $"{info.Name} ({stream})" : info.Name.Value;
        var (status, text) = Judge(subscription, options);
        if (subscription.IsAhead)
            (status, text) = (HealthStatus.Unhealthy, $"is ahead of the store, which has lost events, and {text}");

        if (info.ParkedCount > 0)
        {
            // A lower value is worse.
            status = (HealthStatus)Math.Min((int)status, (int)options.ParkedIs);
            text += $", and has {Count(info.ParkedCount)} parked events, the first since {subscription.FirstParkedAt:u}";
        }

        if (status < HealthStatus.Healthy && info is { LagEvents: > 0, Stream: null }
            && report is { Head: { } head, SettledPosition: { } settled, BlockingTransactions: { Count: > 0 } blocking } && head > settled)
        {
            text += $"; events after position {settled} are held back by {string.Join(", ", blocking.Select(Describe))}";
        }

        return new(name, status, text);
    }

    private static (HealthStatus Status, string Text) Judge(SubscriptionReport subscription, SubscriptionHealthOptions options)
    {
        var info = subscription.Info;
        if (info.Status is SubscriptionStatus.Paused)
        {
            return info.LastError is null
                ? (HealthStatus.Healthy, "is paused")
                : (HealthStatus.Degraded, $"is paused with an error, and may have been stopped by it: {info.LastError}");
        }

        var error = info.LastError is null ? "" : $", and its last error is: {info.LastError}";
        if (subscription.PartitionsWithoutOwner is { Count: > 0 } without)
        {
            var which = info.Partitions.Count == 1
                ? "has no owner"
                : $"has no owner for {without.Count} of {info.Partitions.Count} partitions";
            return (
                subscription.WithoutOwnerFor >= options.WithoutOwnerAfter ? HealthStatus.Unhealthy : HealthStatus.Degraded,
                $"{which}, for at least {Words(subscription.WithoutOwnerFor)}, and {Lag(info)}{error}");
        }

        if (subscription.StandsStillFor >= options.UnhealthyAfter)
        {
            return (
                HealthStatus.Unhealthy, $"has finished nothing for at least {Words(subscription.StandsStillFor)}, and {Lag(info)}{error}");
        }

        return info.LagTime < options.DegradedAfter
            ? (HealthStatus.Healthy, $"{Lag(info)}{error}")
            : (HealthStatus.Degraded, $"{Lag(info)}{Estimate(subscription)}{error}");
    }

    private static string Lag(SubscriptionInfo info) => info.LagEvents == 0
        ? "is up to date"
        : $"is {(info.LagEvents == SubscriptionInfo.MaxLagEvents ? "at least " : "")}{Count(info.LagEvents)} events behind, the first of " +
          $"them {Words(info.LagTime)} old";

    private static string Estimate(SubscriptionReport subscription) => subscription switch
    {
        { PositionsPerSecond: null } => "; whether it moves isn't known yet",
        { PositionsPerSecond: 0.0 } => $"; it has not moved for at least {Words(subscription.StandsStillFor)}",
        { TimeToCatchUp: { } left } => $"; it will have caught up in about {Words(left)}",
        _ => "; it moves, but doesn't catch up with the writers",
    };

    private static string Describe(BlockingTransaction transaction) => transaction switch
    {
        { PreparedName: { } prepared } => $"the prepared transaction '{prepared}'",
        { Age: { } age } => $"session {transaction.SessionId} (application '{transaction.Application}', open for {Words(age)})",
        _ => $"session {transaction.SessionId} (application '{transaction.Application}')",
    };

    private static string Count(long number) => number.ToString("N0", CultureInfo.InvariantCulture);

    private static string Words(TimeSpan time) => time switch
    {
        { TotalSeconds: < 90 } => string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.#} seconds"),
        { TotalMinutes: < 90 } => string.Create(CultureInfo.InvariantCulture, $"{time.TotalMinutes:0} minutes"),
        { TotalHours: < 48 } => string.Create(CultureInfo.InvariantCulture, $"{time.TotalHours:0} hours"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{time.TotalDays:0} days"),
    };
}
