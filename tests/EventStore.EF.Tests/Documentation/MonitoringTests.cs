using System.Text.Json;
using System.Text.RegularExpressions;

namespace EventStore.EF.Tests.Documentation;

/// <summary>The dashboard and the alert rules ask for what docs/telemetry.md lists.</summary>
public sealed partial class MonitoringTests
{
    /// <summary>Metrics that say nothing by themselves.</summary>
    private static readonly string[] Unwatched = ["messaging.client.consumed.messages", "eventstore.subscription.unknown_types"];

    private static readonly string Dashboard = Pages.Read("monitoring/grafana-dashboard.json");
    private static readonly string Rules = Pages.Read("monitoring/alert-rules.yml");

    private static readonly string[][] Listed
        = [.. Pages.Rows(Pages.Section(Pages.Read("telemetry.md"), "Metrics")).Where(row => row.Length > 3)];

    [Fact]
    public void Dashboard_and_alert_rules_ask_only_for_metrics_and_attributes_that_exist()
    {
        var metrics = Listed.SelectMany(row => Prometheus(row[0].Trim('`'), row[1], row[2].Trim('`')));
        var attributes = Listed.SelectMany(row => Attribute().Matches(row[3])).Select(match => match.Value.Replace('.', '_'));
        var known = metrics.Concat(attributes).ToHashSet(StringComparer.Ordinal);

        Assert.NotEmpty(Asked());
        Assert.All(Asked(), name => Assert.Contains(name, known));
    }

    [Fact]
    public void Every_metric_is_on_the_dashboard_or_in_an_alert()
    {
        var asked = Asked().ToHashSet(StringComparer.Ordinal);
        Assert.Equal(
            Unwatched.Order(StringComparer.Ordinal),
            Listed.Where(row => !Prometheus(row[0].Trim('`'), row[1], row[2].Trim('`')).Any(asked.Contains)).Select(row => row[0].Trim('`'))
                .Order(StringComparer.Ordinal));
    }

    /// <summary>The names of metrics and attributes in the expressions of both.</summary>
    private static IEnumerable<string> Asked()
    {
        using var dashboard = JsonDocument.Parse(Dashboard);
        var expressions = dashboard.RootElement.GetProperty("panels").EnumerateArray()
            .SelectMany(panel => panel.TryGetProperty("targets", out var targets) ? targets.EnumerateArray().ToArray() : [])
            .Select(target => target.GetProperty("expr").GetString()!);
        return [.. expressions.Append(Rules).SelectMany(text => Name().Matches(text)).Select(match => match.Value).Distinct()];
    }

    /// <summary>The names that Prometheus gives an instrument: with its unit, and one for each of its series.</summary>
    private static IEnumerable<string> Prometheus(string instrument, string kind, string unit)
    {
        var name = instrument.Replace('.', '_') + (unit == "s" ? "_seconds" : "");
        return kind switch
        {
            "Counter" => [$"{name}_total"],
            "Histogram" => [$"{name}_bucket", $"{name}_sum", $"{name}_count"],
            _ => [name],
        };
    }

    [GeneratedRegex("[a-z]+\\.[a-z._]+")]
    private static partial Regex Attribute();

    [GeneratedRegex("\\b(eventstore|messaging|error)_[a-z_]+")]
    private static partial Regex Name();
}
