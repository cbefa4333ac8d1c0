using EventStore.EF.Subscriptions.Leases;
using Microsoft.Extensions.Time.Testing;

namespace EventStore.EF.Tests.Subscriptions;

/// <summary>When leases are renewed, and for how long.</summary>
public sealed class RenewalPlanTests
{
    private static readonly TimeSpan Duration = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan Beat = Duration / 3;

    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void Leases_are_renewed_every_third_of_their_duration_for_as_long_as_it_says()
    {
        var plan = new RenewalPlan(Duration, extends: false, _time);
        Assert.Equal((12, Duration), Run(plan, 12));
    }

    [Fact]
    public void Leases_for_which_nobody_waits_are_renewed_rarely_and_never_seen_within_their_duration()
    {
        var plan = new RenewalPlan(Duration, extends: true, _time);
        var (renewals, shortest) = Run(plan, 720);
        Assert.InRange(renewals, 1, 3600 / 40 + 1);
        Assert.True(shortest > 2 * Duration, $"A lease had only {shortest} left.");
    }

    [Fact]
    public void A_shortened_lease_is_renewed_as_often_as_others_and_not_extended_again_for_four_durations()
    {
        var plan = new RenewalPlan(Duration, extends: true, _time);
        Renew(plan);
        _time.Advance(2 * Beat);
        plan.See(Duration);
        Assert.True(plan.IsDue);

        for (var beat = 1; beat <= 12; beat++)
        {
            Assert.Equal(Duration, Renew(plan));
            Assert.False(plan.IsDue);
            _time.Advance(Beat);
            plan.See(Duration - Beat);
            Assert.True(plan.IsDue);
        }

        Assert.True(Renew(plan) > 4 * Duration);
    }

    [Fact]
    public void A_lease_that_is_about_to_end_is_renewed_whenever_the_last_renewal_was()
    {
        var plan = new RenewalPlan(Duration, extends: true, _time);
        Renew(plan);
        plan.See(TimeSpan.FromSeconds(-1));
        Assert.True(plan.IsDue);
        Renew(plan);
        Assert.False(plan.IsDue);
    }

    private TimeSpan Renew(RenewalPlan plan)
    {
        var term = plan.Term;
        plan.Renewed(_time.GetTimestamp(), term);
        return term;
    }

    /// <summary>Beats so often; returns how often the lease was renewed, and how little was left of it after a beat at worst.</summary>
    private (int Renewals, TimeSpan Shortest) Run(RenewalPlan plan, int beats)
    {
        var (renewals, shortest, end, now) = (0, TimeSpan.MaxValue, Duration, TimeSpan.Zero);
        for (var beat = 0; beat < beats; beat++)
        {
            plan.See(end - now);
            if (plan.IsDue)
            {
                end = now + Renew(plan);
                renewals++;
            }

            shortest = end - now < shortest ? end - now : shortest;
            _time.Advance(Beat);
            now += Beat;
        }

        return (renewals, shortest);
    }
}
