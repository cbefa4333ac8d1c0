using EventStore.EF.Schema;
using EventStore.EF.Storage.Sql;
using EventStore.EF.Subscriptions.Leases;
using Microsoft.Extensions.Time.Testing;

namespace EventStore.EF.Tests.Subscriptions;

/// <summary>When a stand-by takes a lease for abandoned, by its own clock.</summary>
public sealed class StandstillMonitorTests
{
    private static readonly SubscriptionKey Key = new("orders", EventStoreModel.All, 0);
    private static readonly TimeSpan Duration = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Beat = TimeSpan.FromSeconds(1);
    private const string Dead = "dead";

    private readonly FakeTimeProvider _time = new();
    private readonly StandstillMonitor _watch;

    private readonly long _began;

    public StandstillMonitorTests() => (_watch, _began) = (new(_time, owner => owner == Dead), _time.GetTimestamp());

    [Fact]
    public void A_lease_that_nobody_renews_is_found_within_two_leases_of_its_last_renewal()
    {
        // The renewal came just after a look: the next one sees it first.
        _time.Advance(Beat);
        See("mark");
        while (_watch.Find(Key) is null)
        {
            Assert.True(_time.GetElapsedTime(_began) < 2 * Duration);
            _time.Advance(_watch.Within is { } within && within < Beat ? within : Beat);
            See("mark");
        }

        Assert.Equal(new(1, "mark"), _watch.Find(Key));
        Assert.InRange(_time.GetElapsedTime(_began), Duration + Beat, 2 * Duration);
    }

    [Fact]
    public void A_lease_that_is_renewed_is_never_found_however_long_it_is_looked_at()
    {
        for (var look = 0; look < 100; look++)
        {
            See($"mark {look / 3}");
            Assert.Null(_watch.Find(Key));
            _time.Advance(Beat);
        }
    }

    [Fact]
    public void Time_that_passes_while_the_rows_are_read_does_not_count()
    {
        See("mark");
        var askedAt = _time.GetTimestamp();
        _time.Advance(TimeSpan.FromHours(1));
        _watch.See([Row("mark")], askedAt);
        Assert.Null(_watch.Find(Key));
    }

    [Fact]
    public void Another_owner_with_the_same_end_of_its_lease_is_a_new_one()
    {
        See("mark");
        _time.Advance(2 * Duration);
        _watch.See([Row("mark") with { Epoch = 2 }], _time.GetTimestamp());
        Assert.Null(_watch.Find(Key));
    }

    [Fact]
    public void Neither_a_paused_partition_nor_one_without_lease_is_found()
    {
        foreach (var row in new[] { Row("mark") with { IsPaused = true }, Row("mark") with { LeaseMark = null } })
        {
            _watch.See([row], _time.GetTimestamp());
            _time.Advance(2 * Duration);
            _watch.See([row], _time.GetTimestamp());
            Assert.Null(_watch.Find(Key));
        }
    }

    [Fact]
    public void A_turn_that_is_not_looked_at_again_stays_found()
    {
        See("mark");
        _time.Advance(2 * Duration);
        See("mark");
        _watch.See([], _time.GetTimestamp());
        Assert.NotNull(_watch.Find(Key));
        See("renewed");
        Assert.Null(_watch.Find(Key));
    }

    [Fact]
    public void A_lease_whose_owner_has_certainly_ended_is_found_at_once()
    {
        _watch.See([Row("mark", Dead)], _time.GetTimestamp());
        Assert.Equal(new StillLease(1, "mark"), _watch.Find(Key));
    }

    private void See(string mark) => _watch.See([Row(mark)], _time.GetTimestamp());

    private static SubscriptionRow Row(string mark, string owner = "owner") => new(1, Key, 1, owner, false, 0, null, 0, true, 1, false, TimeSpan.FromHours(1), mark, Duration);
}
