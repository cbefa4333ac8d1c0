namespace EventStore.EF.Specification;

/// <summary>Filters, selectors and mappers of subscriptions.</summary>
public abstract class ConsumerFunctionSpecification(StoreFixture fixture) : RunningSuite(fixture)
{
    [Fact]
    public async Task A_filter_by_type_stream_and_time_holds_for_what_is_stored_and_for_what_comes()
    {
        await AppendAllAsync(1);
        await using var byType = await Events.SubscribeAsync("by-type", new() { Filter = EventFilter.Types("specification-noted") }, Ct);
        await using var byStream = await Events.SubscribeAsync("by-stream", new() { Filter = EventFilter.StreamPrefix("order-") }, Ct);
        await AppendAllAsync(2);

        Assert.Equal(["1", "2"], (await byType.HandleAsync(2)).Select(@event => @event.As<Noted>().Text));
        Assert.Equal(["order-1", "order-2", "order-1", "order-2"], (await byStream.HandleAsync(4)).Select(@event => @event.StreamName.Value));

        async Task AppendAllAsync(int number)
        {
            await AppendAsync("order-1", 1, number);
            await Events.AppendAsync("notes", ExpectedVersion.Any, new Noted($"{number}"), cancellationToken: Ct);
            await AppendAsync("order-2", 1, number);
            await AppendAsync("orders", 1, number);
        }
    }

    [Fact]
    public async Task A_selector_decides_in_the_process_and_what_it_leaves_out_is_passed()
    {
        await AppendAsync("order-1", 10);
        await using var subscription = await Events.SubscribeAsync(Name, new() { Selector = @event => @event.As<Numbered>().Number % 3 == 0 }, Ct);
        await AppendAsync("order-1", 10, first: 11);

        Assert.Equal([3, 6, 9, 12, 15, 18], (await subscription.HandleAsync(6)).Numbers());
    }

    [Fact]
    public async Task A_mapper_makes_what_the_batch_holds_and_without_one_it_holds_the_typed_data()
    {
        await AppendAsync("order-1", 3);
        await using var mapped = await Events.SubscribeAsync("mapped", new() { Mapper = @event => @event.StreamVersion == 2 ? null : $"#{@event.StreamVersion}" }, Ct);
        await using var typed = await Events.SubscribeAsync("typed", null, Ct);

        Assert.Equal(["#1", null, "#3"], (await mapped.NextAsync()).Mapped);
        Assert.Equal([new Numbered(1), new Numbered(2), new Numbered(3)], (await typed.NextAsync()).Mapped);
    }

    [Theory]
    [InlineData("selector", false)]
    [InlineData("selector", true)]
    [InlineData("mapper", false)]
    [InlineData("mapper", true)]
    [InlineData("partition", false)]
    [InlineData("partition", true)]
    public async Task A_function_that_throws_concerns_its_own_subscription_only_which_goes_on_when_it_no_longer_does(string function, bool isLive)
    {
        var isThrowing = true;
        var options = new ConsumerOptions { PageSize = 2 };
        switch (function)
        {
            case "selector":
                options.Selector = @event => Ask(@event) is not null;
                break;
            case "mapper":
                options.Mapper = Ask;
                break;
            default:
                options.PartitionBy = Ask;
                break;
        }

        if (!isLive)
            await AppendAsync("order-1", 5);
        await using var failing = await Events.SubscribeAsync(Name, options, Ct);
        await using var healthy = await Events.SubscribeAsync("healthy", null, Ct);
        if (isLive)
        {
            await UntilAsync(() => failing.Status is EventSubscriptionStatus.Live);
            await AppendAsync("order-1", 5);
        }

        Assert.Equal([1, 2, 3, 4, 5], (await healthy.HandleAsync(5)).Numbers());
        await UntilAsync(() => failing.Status is EventSubscriptionStatus.Interrupted);
        await UntilAsync(async () => (await Events.Subscriptions.FindAsync(Name, cancellationToken: Ct))!.LastError is { } error && error.Contains("not this one", StringComparison.Ordinal));
        Assert.InRange(await CheckpointAsync("orders"), 0, (await ReadAllAsync())[1].Position);

        // What comes meanwhile is not handed out before it.
        await AppendAsync("order-1", 1, first: 6);
        await healthy.HandleAsync(1);
        Volatile.Write(ref isThrowing, false);
        Assert.Equal([1, 2, 3, 4, 5, 6], (await failing.HandleAsync(6)).Numbers());

        string Ask(RecordedEvent @event) => Volatile.Read(ref isThrowing) && @event.As<Numbered>().Number == 3
            ? throw new InvalidOperationException("not this one") : @event.StreamName.Value;
    }

    [Fact]
    public async Task An_event_that_nobody_can_read_is_delivered_raw_and_told_when_it_is_asked_for_typed()
    {
        await AppendAsync("order-1", 1);
        await Database.InsertEventAsync("order-1", "nobody-knows-it", """{"a":1}""");
        await using var subscription = await Events.SubscribeAsync(Name, null, Ct);
        var events = await subscription.TakeAsync(2);

        Assert.Equal("""{"a":1}"""u8.ToArray(), events[1].Payload.ToArray());
        Assert.Equal("nobody-knows-it", Assert.Throws<UnknownEventTypeException>(() => events[1].Data).EventType);
    }
}
