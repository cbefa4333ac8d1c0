namespace EventStore.EF.Generators.Tests.Dispatch;

public sealed class DispatchTests
{
    private static readonly EventCatalog Known = EventCatalog.Of(typeof(DispatchTests).Assembly);

    [Fact]
    public async Task An_event_goes_to_the_handler_of_its_most_derived_type()
    {
        var subscriber = new MostDerivedFirst();

        await DispatchAsync(subscriber, new ChangedTwice(1), new Changed(1), new OrderEvent(1), new Closed(1), "text");

        Assert.Equal(["ChangedTwice:ChangedTwice", "Changed:Changed", "OrderEvent:OrderEvent", "Closed:Closed", "object:String"], subscriber.Handled);
    }

    [Fact]
    public async Task An_event_without_a_handler_is_passed_over()
    {
        var subscriber = new Explicit();

        await DispatchAsync(subscriber, new Changed(1), "text");

        Assert.Empty(subscriber.Handled);
    }

    [Fact]
    public async Task Handlers_of_several_parts_of_a_class_and_explicit_ones_are_called()
    {
        var subscriber = new Explicit();

        await DispatchAsync(subscriber, new Opened(1), new Closed(2));

        Assert.Equal(["Opened:Opened", "Closed:Closed"], subscriber.Handled);
    }

    [Fact]
    public async Task Handlers_of_a_base_class_and_of_a_derived_interface_are_called()
    {
        var (one, other) = (new ThroughBase(), new ThroughInterface());

        await DispatchAsync(one, new Opened(1));
        await DispatchAsync(other, new Opened(1));

        Assert.Equal(["Opened:Opened"], one.Handled);
        Assert.Equal(["Opened:Opened"], other.Handled);
    }

    [Fact]
    public async Task What_a_handler_throws_comes_out()
        => await Assert.ThrowsAsync<TimeoutException>(() => DispatchAsync(new Failing(), new Opened(1)));

    [Fact]
    public void The_handled_types_are_named_for_the_filter()
        => Assert.Equal(
            ["Changed", "ChangedTwice", "Closed", "IAboutOrders", "Object", "OrderEvent"],
            Known.FindSubscriber(typeof(MostDerivedFirst))!.HandledTypes.Select(type => type.Name).Order(StringComparer.Ordinal));

    [Fact]
    public void Abstract_classes_are_no_subscribers() => Assert.Null(Known.FindSubscriber(typeof(Inherited<>)));

    private static async Task DispatchAsync(object subscriber, params object[] events)
    {
        var descriptor = Known.FindSubscriber(subscriber.GetType());
        Assert.NotNull(descriptor);
        foreach (var data in events)
            await descriptor.Dispatch(subscriber, data, Context(), TestContext.Current.CancellationToken);
    }

    private static EventContext Context() => new(
        new RecordedEvent(Known)
        {
            EventId = Guid.Empty,
            Position = 1,
            StreamName = "s",
            StreamVersion = 1,
            Number = 1,
            EventType = "opened",
            SchemaVersion = 1,
            Payload = default,
            CreatedAt = default,
        },
        "test");
}
