using EventStore.EF.Operations;

namespace EventStore.EF.Tests.Operations;

/// <summary>What is found of a subscription, by what a report shows of it.</summary>
public sealed class SubscriptionRulesTests
{
    [Fact]
    public void A_subscription_that_is_up_to_date_passes_every_check()
        => Assert.All(Check(Reported.Subscription(9, 9)), check => Assert.Equal(CheckSeverity.Passed, check.Severity));

    [Fact]
    public void What_could_not_be_read_is_unknown_and_says_why()
    {
        var checks = SubscriptionRules.All(null, "permission denied");
        Assert.Equal(["D06", "D07", "D08", "D09", "D19"], checks.Select(check => check.Id));
        Assert.All(checks, check => Assert.Equal((CheckSeverity.Unknown, "Could not check: permission denied"), (check.Severity, check.Evidence)));
    }

    [Fact]
    public void Paused_is_information_and_paused_with_an_error_a_warning()
    {
        Assert.Equal(CheckSeverity.Information, Found("D06", Reported.Subscription(1, 9, SubscriptionStatus.Paused)).Severity);
        var stopped = Found("D06", Reported.Subscription(1, 9, SubscriptionStatus.Paused, error: "boom"));
        Assert.Equal(CheckSeverity.Warning, stopped.Severity);
        Assert.Contains("boom", stopped.Evidence, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_owner_is_an_error_after_half_a_minute()
    {
        var report = Reported.Subscription(9, 9, SubscriptionStatus.Stopped) with { PartitionsWithoutOwner = [0] };
        Assert.Equal(CheckSeverity.Warning, Found("D06", report).Severity);
        Assert.Equal(CheckSeverity.Error, Found("D06", report with { WithoutOwnerFor = TimeSpan.FromSeconds(30) }).Severity);
    }

    [Fact]
    public void Behind_but_moving_is_a_warning_with_the_time_to_catch_up()
    {
        var report = Reported.Subscription(1, 9_001, lag: TimeSpan.FromMinutes(2)) with { PositionsPerSecond = 100, TimeToCatchUp = TimeSpan.FromMinutes(2) };
        var check = Found("D06", report);
        Assert.Equal(CheckSeverity.Warning, check.Severity);
        Assert.Contains("9,000 events behind", check.Evidence, StringComparison.Ordinal);
        Assert.Contains("caught up in 2 minutes", check.Evidence, StringComparison.Ordinal);
    }

    [Fact]
    public void Standing_still_for_five_minutes_is_an_error_that_names_the_owner()
    {
        var check = Found("D06", Reported.Subscription(1, 9, lag: TimeSpan.FromHours(1)) with { StandsStillFor = TimeSpan.FromMinutes(5) });
        Assert.Equal(CheckSeverity.Error, check.Severity);
        Assert.Contains("'shop/1/a'", check.Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public void An_event_that_keeps_failing_is_told_with_its_error()
    {
        var report = Reported.Subscription(1, 9, SubscriptionStatus.Failing, error: "boom") with { StandsStillFor = TimeSpan.FromMinutes(1) };
        Assert.Contains("boom", Found("D08", report).Evidence, StringComparison.Ordinal);
    }

    [Fact]
    public void A_subscription_ahead_of_the_store_is_an_error()
        => Assert.Equal(CheckSeverity.Error, Found("D09", Reported.Subscription(9, 9) with { IsAhead = true }).Severity);

    [Fact]
    public void An_owner_that_can_not_handle_everything_is_named()
    {
        var report = Reported.Subscription(9, 9);
        var uncovered = report with
        {
            Info = report.Info with { Partitions = [report.Info.Partitions[0] with { IsCovered = false }] },
        };
        Assert.Contains("'shop/1/a'", Found("D19", uncovered).Evidence, StringComparison.Ordinal);
    }

    private static IReadOnlyList<StoreCheck> Check(SubscriptionReport report) => SubscriptionRules.All([report], null);

    private static StoreCheck Found(string id, SubscriptionReport report)
    {
        var check = Assert.Single(Check(report), check => check.Severity is not CheckSeverity.Passed && check.Id == id);
        Assert.Equal("orders", check.Subscription?.Value);
        return check;
    }
}
