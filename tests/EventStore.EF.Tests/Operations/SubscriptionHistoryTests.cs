using EventStore.EF.Operations;
using Microsoft.Extensions.Time.Testing;

namespace EventStore.EF.Tests.Operations;

/// <summary>What earlier reports tell of a subscription.</summary>
public sealed class SubscriptionHistoryTests
{
    private static readonly DateTimeOffset Start = new(2026, 11, 30, 12, 0, 0, TimeSpan.Zero);

    private readonly FakeTimeProvider _time = new(Start);
    private readonly SubscriptionHistory _history;

    public SubscriptionHistoryTests() => _history = new(_time);

    [Fact]
    public void A_checkpoint_that_does_not_move_while_events_wait_stands_still_since_it_was_first_seen_so()
    {
        Assert.Equal(TimeSpan.Zero, See(position: 5, head: 9).StandsStillFor);
        _time.Advance(TimeSpan.FromMinutes(3));
        Assert.Equal(TimeSpan.FromMinutes(3), See(position: 5, head: 12).StandsStillFor);
        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(TimeSpan.Zero, See(position: 6, head: 12).StandsStillFor);
        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(TimeSpan.FromMinutes(1), See(position: 6, head: 12).StandsStillFor);
    }

    [Fact]
    public void A_subscription_that_had_nothing_to_do_for_long_does_not_stand_still_when_an_event_comes()
    {
        See(position: 5, head: 5);
        _time.Advance(TimeSpan.FromHours(1));
        Assert.Equal(TimeSpan.Zero, See(position: 5, head: 5).StandsStillFor);
        _time.Advance(TimeSpan.FromHours(1));
        Assert.Equal(TimeSpan.Zero, See(position: 5, head: 6).StandsStillFor);
    }

    [Fact]
    public void A_paused_subscription_neither_stands_still_nor_lacks_an_owner()
    {
        See(position: 5, head: 9, status: SubscriptionStatus.Paused, without: [0]);
        _time.Advance(TimeSpan.FromHours(1));
        var paused = See(position: 5, head: 9, status: SubscriptionStatus.Paused, without: [0]);
        Assert.Equal((TimeSpan.Zero, TimeSpan.Zero), (paused.StandsStillFor, paused.WithoutOwnerFor));
    }

    [Fact]
    public void The_speed_and_the_time_to_catch_up_are_those_of_the_last_two_minutes()
    {
        var first = See(position: 0, head: 10_000);
        Assert.Equal((null, null), (first.PositionsPerSecond, first.TimeToCatchUp));

        // 100 positions a second against writers that append 20.
        SubscriptionReport report = first;
        for (var second = 10; second <= 60; second += 10)
        {
            _time.Advance(TimeSpan.FromSeconds(10));
            report = See(position: second * 100, head: 10_000 + (second * 20));
        }

        Assert.Equal(100, report.PositionsPerSecond);
        Assert.Equal(TimeSpan.FromSeconds((11_200 - 6_000) / 80.0), report.TimeToCatchUp);
    }

    [Fact]
    public void A_subscription_that_is_slower_than_the_writers_has_no_time_to_catch_up()
    {
        See(position: 0, head: 1_000);
        _time.Advance(TimeSpan.FromSeconds(10));
        var report = See(position: 100, head: 2_000);
        Assert.Equal((10.0, null), (report.PositionsPerSecond, report.TimeToCatchUp));
    }

    [Fact]
    public void Speed_is_told_however_rare_reports_are()
    {
        See(position: 0, head: 10_000);
        _time.Advance(TimeSpan.FromMinutes(10));
        Assert.Equal(1, See(position: 600, head: 10_000).PositionsPerSecond);
    }

    [Fact]
    public void A_rewind_begins_a_new_course()
    {
        See(position: 900, head: 1_000);
        _time.Advance(TimeSpan.FromMinutes(1));
        var rewound = See(position: 0, head: 1_000);
        Assert.Equal((TimeSpan.Zero, null), (rewound.StandsStillFor, rewound.PositionsPerSecond));
    }

    [Fact]
    public void A_lease_that_expired_long_ago_tells_since_when_there_is_no_owner()
    {
        Assert.Equal(TimeSpan.FromHours(2), See(position: 5, head: 5, without: [0], expiredAt: Start - TimeSpan.FromHours(2)).WithoutOwnerFor);
    }

    [Fact]
    public void Without_a_lease_the_time_without_owner_counts_from_the_first_look()
    {
        Assert.Equal(TimeSpan.Zero, See(position: 5, head: 5, without: [0]).WithoutOwnerFor);
        _time.Advance(TimeSpan.FromSeconds(40));
        Assert.Equal(TimeSpan.FromSeconds(40), See(position: 5, head: 5, without: [0]).WithoutOwnerFor);
        _time.Advance(TimeSpan.FromSeconds(40));
        Assert.Equal(TimeSpan.Zero, See(position: 5, head: 5).WithoutOwnerFor);
    }

    private SubscriptionReport See(
        long position, long head, SubscriptionStatus status = SubscriptionStatus.Running, int[]? without = null,
        DateTimeOffset? expiredAt = null)
    {
        var report = Reported.Subscription(position, head, status) with
        {
            PartitionsWithoutOwner = without ?? [],
            LeaseExpiredAt = expiredAt,
        };
        return Assert.Single(_history.See([report], _time.GetUtcNow()));
    }
}
