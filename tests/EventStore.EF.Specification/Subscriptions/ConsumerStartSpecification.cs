namespace EventStore.EF.Specification;

/// <summary>With which event a subscription begins that is subscribed to.</summary>
public abstract class ConsumerStartSpecification(StoreFixture fixture) : RunningSuite(fixture)
{
    [Fact]
    public async Task It_begins_with_the_first_event_unless_it_is_told_otherwise()
    {
        await AppendAsync("order-1", 3);
        await using var subscription = await Events.SubscribeAsync(Name, null, Ct);
        Assert.Equal([1, 2, 3], (await subscription.HandleAsync(3)).Numbers());
    }

    [Fact]
    public async Task From_the_current_end_it_begins_with_what_is_appended_after_it_returned()
    {
        await AppendAsync("order-1", 3);
        await using var subscription = await Events.SubscribeAsync(Name, new() { Start = SubscriptionStart.Current }, Ct);
        await AppendAsync("order-1", 2, first: 4);
        Assert.Equal([4, 5], (await subscription.HandleAsync(2)).Numbers());
    }

    [Fact]
    public async Task After_a_position_it_begins_with_the_next_one()
    {
        await AppendAsync("order-1", 5);
        var third = (await ReadAllAsync())[2].Position;
        await using var subscription = await Events.SubscribeAsync(Name, new() { Start = SubscriptionStart.After(third) }, Ct);
        Assert.Equal([4, 5], (await subscription.HandleAsync(2)).Numbers());
    }

    [Fact]
    public async Task After_the_last_position_it_begins_with_what_comes_and_beyond_it_is_refused_and_makes_nothing()
    {
        var last = (await AppendAsync("order-1", 3)).LastPosition;
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => Events.SubscribeAsync(Name, new() { Start = SubscriptionStart.After(last + 1) }, Ct));
        Assert.Equal(0, await Database.ScalarAsync<long>("SELECT count(*) FROM {subscriptions}"));

        // What was refused is in nobody's way.
        await using var subscription = await Events.SubscribeAsync(Name, new() { Start = SubscriptionStart.After(last) }, Ct);
        await AppendAsync("order-1", 1, first: 4);
        Assert.Equal([4], (await subscription.HandleAsync(1)).Numbers());
    }

    [Fact]
    public async Task A_subscription_that_was_made_goes_on_from_its_checkpoint_whatever_it_is_told()
    {
        await AppendAsync("order-1", 4);
        await using (var first = await Events.SubscribeAsync(Name, new() { BatchSize = 1 }, Ct))
            await first.HandleAsync(2);

        foreach (var start in (SubscriptionStart[])[SubscriptionStart.Current, SubscriptionStart.Origin, SubscriptionStart.After(1), SubscriptionStart.After(1_000_000)])
        {
            await using var next = await Events.SubscribeAsync(Name, new() { Start = start }, Ct);
            Assert.Equal([3, 4], (await next.TakeAsync(2)).Numbers());
        }
    }

    [Fact]
    public async Task A_transient_one_begins_at_the_current_end_unless_it_is_told_otherwise()
    {
        await AppendAsync("order-1", 3);
        var second = (await ReadAllAsync())[1].Position;
        await using var current = await Events.SubscribeTransientAsync(null, Ct);
        await using var origin = await Events.SubscribeTransientAsync(new() { Start = SubscriptionStart.Origin }, Ct);
        await using var after = await Events.SubscribeTransientAsync(new() { Start = SubscriptionStart.After(second) }, Ct);
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => Events.SubscribeTransientAsync(new() { Start = SubscriptionStart.After(1_000_000) }, Ct));
        await AppendAsync("order-1", 1, first: 4);

        Assert.Equal([4], (await current.HandleAsync(1)).Numbers());
        Assert.Equal([1, 2, 3, 4], (await origin.HandleAsync(4)).Numbers());
        Assert.Equal([3, 4], (await after.HandleAsync(2)).Numbers());
    }
}
