namespace EventStore.EF.Specification;

/// <summary>Slow consumers: no more is in flight than the buffer holds, and what overflows comes from storage.</summary>
public abstract class ConsumerBufferSpecification(StoreFixture fixture) : RunningSuite(fixture)
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    public async Task No_more_events_are_in_flight_than_the_buffer_holds_and_each_ack_makes_room(int buffer)
    {
        await AppendAsync("order-1", 20);
        await using var witness = await Events.SubscribeTransientAsync(null, Ct);
        await using var subscription = await Events.SubscribeAsync(Name, new() { BufferSize = buffer, BatchSize = 100 }, Ct);
        var taken = await subscription.TakeAsync(buffer);
        await AssertFullAsync();
        await subscription.AckAsync(taken[0], Ct);
        var next = await subscription.TakeAsync(1);
        Assert.Equal([buffer + 1], next.Numbers());
        var last = await AssertFullAsync();

        // The same when it has caught up.
        await subscription.AckAsync(next[0], Ct);
        await subscription.HandleThroughAsync(last);
        await AppendAsync("order-1", 3 * buffer, first: 21);
        taken = await subscription.TakeAsync(buffer);
        await AssertFullAsync();
        await subscription.AckAsync(taken[0], Ct);
        Assert.Equal([21 + buffer], (await subscription.TakeAsync(1)).Numbers());

        async Task<long> AssertFullAsync()
        {
            var position = 0L;
            await subscription.AssertNothingAsync(async () =>
            {
                position = (await AppendAsync("others", 1)).LastPosition;
                await witness.HandleThroughAsync(position);
            });
            return position;
        }
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(1, 10)]
    [InlineData(2, 3)]
    [InlineData(7, 2)]
    public async Task What_overflows_the_live_buffer_is_read_from_storage_without_loss_or_double_and_in_order(int buffer, int page)
    {
        await using var witness = await Events.SubscribeTransientAsync(null, Ct);
        await using var subscription = await Events.SubscribeAsync(Name, new() { BufferSize = buffer, PageSize = page, BatchSize = 3 }, Ct);
        await AppendAsync("order-1", 1);
        await subscription.HandleAsync(1);
        await UntilAsync(() => subscription.Status is EventSubscriptionStatus.Live);

        // Nobody takes anything meanwhile; the reader of new events hands out to both.
        for (var number = 2; number <= 40; number++)
            await AppendAsync($"order-{number % 3}", 1, number);
        await witness.HandleAsync(40);
        var late = await subscription.HandleAsync(39);
        Assert.Equal(Enumerable.Range(2, 39), late.Numbers());

        // And while it is taken from and appended to at once.
        var appending = Task.Run(async () =>
        {
            for (var number = 41; number <= 120; number++)
                await AppendAsync($"order-{number % 3}", 1, number);
        }, Ct);
        Assert.Equal(Enumerable.Range(41, 80), (await subscription.HandleAsync(80)).Numbers());
        await appending;

        // Live again: nothing but being told brings the next one.
        await UntilAsync(() => subscription.Status is EventSubscriptionStatus.Live);
        await AppendAsync("order-1", 1, 121);
        Assert.Equal([121], (await subscription.HandleAsync(1)).Numbers());
    }

    [Fact]
    public async Task A_consumer_that_takes_nothing_holds_nobody_else_up()
    {
        await using var idle = await Events.SubscribeAsync("idle", new() { BufferSize = 1, PageSize = 1 }, Ct);
        await using var busy = await Events.SubscribeAsync("busy", new() { BufferSize = 3, PageSize = 2 }, Ct);
        for (var number = 1; number <= 50; number++)
            await AppendAsync("order-1", 1, number);

        Assert.Equal(Enumerable.Range(1, 50), (await busy.HandleAsync(50)).Numbers());
        Assert.Equal(Enumerable.Range(1, 50), (await idle.HandleAsync(50)).Numbers());
    }
}
