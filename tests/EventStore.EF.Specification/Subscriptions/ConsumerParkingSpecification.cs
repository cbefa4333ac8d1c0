namespace EventStore.EF.Specification;

/// <summary>Consumers that park what they can't handle.</summary>
public abstract class ConsumerParkingSpecification(StoreFixture fixture) : RunningSuite(fixture)
{
    private ISubscriptionAdministration Administration => Events.Subscriptions;

    [Fact]
    public async Task What_is_parked_is_finished_and_the_later_ones_of_its_key_wait_behind_it()
    {
        await AppendAsync("bad", 1);
        await AppendAsync("good", 1);
        await using var subscription = await Events.SubscribeAsync(Name, new() { BatchSize = 1, BufferSize = 1, CheckpointEvery = 1 }, Ct);
        var bad = Assert.Single(await subscription.TakeAsync(1));
        await subscription.ParkAsync(bad, "can't", Ct);
        await AppendAsync("bad", 2, first: 2);
        var last = await AppendAsync("good", 1, first: 2);

        Assert.Equal([("good", 1), ("good", 2)], (await subscription.HandleAsync(2)).Select(@event => (@event.StreamName.Value, @event.As<Numbered>().Number)));
        await CheckpointReachesAsync(last.LastPosition);
        var parked = await Administration.ListParkedAsync(Name, cancellationToken: Ct).ToListAsync(Ct);
        Assert.Equal([("can't", 1), (null, 0), (null, 0)], parked.Select(one => (one.Error, one.Attempts)));
    }

    [Fact]
    public async Task What_was_delivered_before_it_stays_to_be_acknowledged()
    {
        await AppendAsync("good", 2);
        await AppendAsync("bad", 1);
        await using (var subscription = await Events.SubscribeAsync(Name, null, Ct))
        {
            var events = await subscription.TakeAsync(3);
            await subscription.ParkAsync(events[2], "can't", Ct);
            await subscription.AckAsync(events[0], Ct);
        }

        await using var next = await Events.SubscribeAsync(Name, null, Ct);
        Assert.Equal([2], (await next.TakeAsync(1)).Numbers());
        Assert.Equal(1, (await Administration.FindAsync(Name, cancellationToken: Ct))!.ParkedCount);
    }

    [Fact]
    public async Task What_is_not_in_flight_or_has_no_key_is_refused()
    {
        await AppendAsync("order-1", 4);
        await using (var subscription = await Events.SubscribeAsync(Name, new() { BufferSize = 2 }, Ct))
        {
            var events = await subscription.TakeAsync(2);
            await subscription.AckAsync(events[0], Ct);
            await Assert.ThrowsAsync<ArgumentException>(() => subscription.ParkAsync(events[0], "finished", Ct));
            await Assert.ThrowsAsync<ArgumentException>(async () => await subscription.ParkAsync((await ReadAllAsync())[3], "never delivered", Ct));
            await Assert.ThrowsAsync<ArgumentException>(() => subscription.ParkAsync(events[1], " ", Ct));
        }

        await using var keyless = await Events.SubscribeAsync("keyless", new() { PartitionBy = _ => null }, Ct);
        var @event = (await keyless.TakeAsync(4))[0];
        await Assert.ThrowsAsync<InvalidOperationException>(() => keyless.ParkAsync(@event, "no key", Ct));
        await keyless.AckAsync(@event, Ct);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_replay_comes_as_a_batch_of_its_own_with_what_the_mapper_makes_of_it(bool ackByBatch)
    {
        await AppendAsync("bad", 3);
        await using var subscription = await Events.SubscribeAsync(Name, new() { BatchSize = 1, BufferSize = 1, Mapper = @event => $"#{@event.StreamVersion}" }, Ct);
        await subscription.ParkAsync(Assert.Single(await subscription.TakeAsync(1)), "can't", Ct);
        await UntilAsync(async () => (await Administration.FindAsync(Name, cancellationToken: Ct))!.ParkedCount == 3);
        await Process().Events.Subscriptions.ReplayParkedAsync(Name, cancellationToken: Ct);
        for (var number = 1; number <= 3; number++)
        {
            var batch = await subscription.NextAsync();
            Assert.True(batch.IsReplay);
            Assert.Equal([number], batch.Events.Numbers());
            Assert.Equal([$"#{number}"], batch.Mapped);
            if (ackByBatch)
                await subscription.AckAsync(batch, Ct);
            else
                await subscription.AckAsync(batch.Events[0], Ct);
        }

        await AppendAsync("bad", 1, first: 4);
        var live = await subscription.NextAsync();
        Assert.Equal((false, 4L), (live.IsReplay, live.Events[0].StreamVersion));
    }

    [Fact]
    public async Task A_replay_that_is_parked_again_stays_with_its_new_error()
    {
        await AppendAsync("bad", 2);
        await using var subscription = await Events.SubscribeAsync(Name, new() { BatchSize = 1, BufferSize = 1 }, Ct);
        await subscription.ParkAsync(Assert.Single(await subscription.TakeAsync(1)), "can't", Ct);
        await UntilAsync(async () => (await Administration.FindAsync(Name, cancellationToken: Ct))!.ParkedCount == 2);
        await Administration.ReplayParkedAsync(Name, cancellationToken: Ct);
        await subscription.ParkAsync((await subscription.NextAsync()).Events[0], "still can't", Ct);
        await UntilAsync(async () => (await ListAsync())[0].Attempts == 2);

        Assert.Equal([("still can't", 2), (null, 0)], (await ListAsync()).Select(one => (one.Error, one.Attempts)));
        await subscription.AssertNothingAsync(async () => await AppendAsync("bad", 1, first: 3));
        await UntilAsync(async () => (await ListAsync()).Count == 3);
    }

    [Fact]
    public async Task A_replay_whose_consumer_leaves_goes_to_another()
    {
        await AppendAsync("bad", 1);
        var options = new ConsumerOptions { MaxConsumers = 2 };
        var first = await Events.SubscribeAsync(Name, options, Ct);
        await using var second = await Events.SubscribeAsync(Name, options, Ct);
        await first.ParkAsync(Assert.Single(await first.TakeAsync(1)), "can't", Ct);
        await Administration.ReplayParkedAsync(Name, cancellationToken: Ct);
        Assert.True((await first.NextAsync()).IsReplay);
        await first.DisposeAsync();

        var again = await second.NextAsync();
        Assert.True(again.IsReplay);
        await second.AckAsync(again, Ct);
        await UntilAsync(async () => (await Administration.FindAsync(Name, cancellationToken: Ct))!.ParkedCount == 0);
    }

    [Fact]
    public async Task A_replay_that_nobody_has_acknowledged_is_replayed_again_by_the_next_owner()
    {
        await AppendAsync("bad", 1);
        await using (var subscription = await Events.SubscribeAsync(Name, null, Ct))
        {
            await subscription.ParkAsync(Assert.Single(await subscription.TakeAsync(1)), "can't", Ct);
            await Administration.ReplayParkedAsync(Name, cancellationToken: Ct);
            Assert.True((await subscription.NextAsync()).IsReplay);
        }

        await using var next = await Events.SubscribeAsync(Name, null, Ct);
        Assert.True((await next.NextAsync()).IsReplay);
    }

    [Fact]
    public async Task An_ack_of_what_came_after_a_replay_acknowledges_the_replay_too()
    {
        await AppendAsync("bad", 1);
        await using var subscription = await Events.SubscribeAsync(Name, null, Ct);
        await subscription.ParkAsync(Assert.Single(await subscription.TakeAsync(1)), "can't", Ct);
        await Administration.ReplayParkedAsync(Name, cancellationToken: Ct);
        Assert.True((await subscription.NextAsync()).IsReplay);
        await AppendAsync("good", 1);
        await subscription.HandleAsync(1);

        await UntilAsync(async () => (await Administration.FindAsync(Name, cancellationToken: Ct))!.ParkedCount == 0);
        await AppendAsync("bad", 1, first: 2);
        Assert.Equal([2], (await subscription.HandleAsync(1)).Numbers());
    }

    private async Task<List<ParkedEvent>> ListAsync() => await Administration.ListParkedAsync(Name, cancellationToken: Ct).ToListAsync(Ct);
}
