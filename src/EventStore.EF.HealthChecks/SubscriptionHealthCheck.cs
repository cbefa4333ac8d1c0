using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace EventStore.EF.HealthChecks;

/// <summary>Whether the store's subscriptions make progress, in whatever process they run.</summary>
internal sealed class SubscriptionHealthCheck(IEventStoreOperations operations, SubscriptionHealthOptions options) : IHealthCheck
{
    /// <summary>The check that names the transactions which delay events.</summary>
    private const string HeldBack = "D05";

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        StoreReport report;
        try
        {
            report = await operations.GetReportAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (EventStoreException exception)
        {
            return new(
                context.Registration.FailureStatus, $"How the subscriptions are is unknown. {exception.Message}", exception);
        }

        var data = new Dictionary<string, object>(StringComparer.Ordinal) { ["readAt"] = report.ReadAt };
        var holders = report.Checks.Where(check => check.Id == HeldBack && check.Severity > CheckSeverity.Information).ToArray();
        if (holders.Length > 0)
            data["heldBack"] = holders.Select(check => check.Evidence).ToArray();

        if (report.BlockingTransactions is { Count: > 0 } blocking)
            data["blockingSessions"] = blocking.Select(transaction => transaction.SessionId).OfType<int>().ToArray();

        if (report.Subscriptions is not { } subscriptions)
        {
            return HealthCheckResult.Degraded(
                $"How the subscriptions are could not be checked. {report.Checks.FirstOrDefault(check => check.Id == "D06")?.Evidence}",
                data: data);
        }

        var judged = subscriptions.Where(IsChecked).Select(subscription => SubscriptionHealth.Judge(subscription, report, options))
            .Concat(Missing(subscriptions)).ToList();
        if (report.HasMoreSubscriptions && options.Only.Count == 0)
        {
            judged.Add(new("…", HealthStatus.Degraded, "there are more subscriptions than a report contains"));
        }

        foreach (var health in judged)
            data[$"subscription:{health.Name}"] = $"{health.Status}: {health.Text}";

        data["subscriptions"] = judged.Count;
        var status = judged.Select(health => health.Status).DefaultIfEmpty(HealthStatus.Healthy).Min();
        string[] texts = [.. judged.Where(health => health.Status < HealthStatus.Healthy)
            .OrderBy(health => health.Status).Select(health => $"'{health.Name}' {health.Text}.")];
        return new(
            status,
            texts.Length == 0
                ? judged.Count == 0 ? "There are no subscriptions." : "All subscriptions are up to date or paused."
                : string.Join(' ', texts),
            data: data);
    }

    private bool IsChecked(SubscriptionReport subscription)
        => (options.Only.Count == 0 || options.Only.Contains(subscription.Info.Name)) && !options.Except.Contains(subscription.Info.Name);

    private IEnumerable<SubscriptionHealth> Missing(IReadOnlyList<SubscriptionReport> subscriptions)
        => options.Only.Where(name => !options.Except.Contains(name) && !subscriptions.Any(subscription => subscription.Info.Name == name))
            .Select(name => new SubscriptionHealth(name.Value, HealthStatus.Unhealthy, "doesn't exist"));
}
