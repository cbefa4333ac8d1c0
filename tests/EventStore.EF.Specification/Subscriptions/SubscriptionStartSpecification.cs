using EventStore.EF.Schema;
using EventStore.EF.Subscriptions.Leases;

namespace EventStore.EF.Specification;

/// <summary>Where a new subscription begins.</summary>
public abstract class SubscriptionStartSpecification(StoreFixture fixture) : LeaseSuite(fixture)
{
    [Fact]
    public async Task Origin_is_before_the_first_event_and_Current_after_the_last()
    {
        var last = (await Events.AppendManyAsync("order-1", ExpectedVersion.NoStream, Numbered(5), Ct)).LastPosition;
        Assert.Equal(0, await BeginAsync("origin", SubscriptionStart.Origin));
        Assert.Equal(last, await BeginAsync("current", SubscriptionStart.Current));
        Assert.Equal(last - 2, await BeginAsync("after", SubscriptionStart.After(last - 2)));
        Assert.Equal(last, await BeginAsync("after-all", SubscriptionStart.After(last)));
    }

    [Fact]
    public async Task In_a_stream_places_are_its_numbers_links_included()
    {
        await Events.AppendManyAsync("other", ExpectedVersion.NoStream, Numbered(3), Ct);
        await Events.AppendManyAsync("order-1", ExpectedVersion.NoStream, Numbered(2), Ct);
        await Events.LinkAsync("order-1", 2, await ReadAsync("other"), Ct);
        Assert.Equal(0, await BeginAsync("origin", SubscriptionStart.Origin, "order-1"));
        Assert.Equal(5, await BeginAsync("current", SubscriptionStart.Current, "order-1"));
        Assert.Equal(4, await BeginAsync("after", SubscriptionStart.After(4), "order-1"));
    }

    [Fact]
    public async Task The_stream_s_id_is_kept_with_the_checkpoint_once_it_is_there()
    {
        var process = Process();
        Assert.Null((await process.AcquireAsync(new("early", "order-1", 0))).StreamId);
        await Events.AppendManyAsync("order-1", ExpectedVersion.NoStream, Numbered(1), Ct);
        Assert.Equal(await Database.ScalarAsync<long>("SELECT id FROM {streams}"), (await process.AcquireAsync(new("late", "order-1", 0))).StreamId);
    }

    [Fact]
    public async Task A_start_beyond_the_last_event_is_refused_and_makes_nothing()
    {
        var last = (await Events.AppendManyAsync("order-1", ExpectedVersion.NoStream, Numbered(5), Ct)).LastPosition;
        foreach (var (stream, place) in new[] { ("$all", last + 1), ("order-1", 6), ("missing", 1) })
        {
            var exception = await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => BeginAsync("beyond", SubscriptionStart.After(place), stream));
            Assert.Equal(place, exception.ActualValue);
        }

        Assert.Equal(0, await Database.ScalarAsync<long>("SELECT count(*) FROM {subscriptions}"));
    }

    [Fact]
    public async Task An_empty_store_and_a_missing_stream_have_nothing_to_pass_over()
    {
        Assert.Equal(0, await BeginAsync("current", SubscriptionStart.Current));
        Assert.Equal(0, await BeginAsync("current", SubscriptionStart.Current, "missing"));
    }

    [Fact]
    public async Task A_subscription_that_was_made_goes_on_from_its_checkpoint_whatever_the_start()
    {
        await Events.AppendManyAsync("order-1", ExpectedVersion.NoStream, Numbered(5), Ct);
        Assert.Equal(0, await BeginAsync("made", SubscriptionStart.Origin));
        Assert.Equal(0, await BeginAsync("made", SubscriptionStart.Current));
        Assert.Equal(0, await BeginAsync("made", SubscriptionStart.After(1000)));
    }

    [Fact]
    public async Task Current_is_found_at_once_while_many_append_and_passes_over_nothing_that_comes_later()
    {
        var process = Process();
        var appends = AtOnceAsync(4, async caller =>
        {
            for (var number = 1; number <= 50; number++)
                await Events.AppendAsync($"order-{caller}", ExpectedVersion.Any, new Numbered(number), cancellationToken: Ct);

            return caller;
        });
        var places = new List<long>();
        for (var index = 0; index < 20; index++)
        {
            var lease = await process.AcquireAsync(new($"current-{index}", EventStoreModel.All, 0), SubscriptionStart.Current);
            places.Add(lease.Position);
            var later = await Events.AppendAsync($"later-{index}", ExpectedVersion.NoStream, new Numbered(index), cancellationToken: Ct);
            Assert.InRange(lease.Position, 0, later.FirstPosition - 1);
        }

        await appends;
        Assert.InRange(places[^1], 0, await Database.ScalarAsync<long>("SELECT max(position) FROM {events}"));
    }

    private async Task<long> BeginAsync(string name, SubscriptionStart start, string stream = EventStoreModel.All)
    {
        var process = Process();
        var lease = await process.AcquireAsync(new(name, stream, 0), start);
        await process.Leases.ReleaseAsync(lease, Ct);
        return lease.Position;
    }
}
