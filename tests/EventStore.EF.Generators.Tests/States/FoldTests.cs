using System.Text.Json;

namespace EventStore.EF.Generators.Tests.States;

/// <summary>The fold that is generated for a state.</summary>
public sealed class FoldTests
{
    private static readonly EventCatalog Known = EventCatalog.Of(typeof(FoldTests).Assembly);

    [Fact]
    public void An_event_goes_to_the_method_of_its_most_derived_type()
        => Assert.Equal(new Basket("Ada", 5, 1), Fold<Basket>(new BasketOpened("Ada"), new BasketFilled(2), new BasketClosed(), new BasketFilled(3)));

    [Fact]
    public void A_class_may_change_itself_and_begin_with_nothing()
    {
        var counter = Assert.IsType<Counter>(Fold<Counter>(new BasketFilled(2), new BasketOpened("Ada"), new BasketOpened("Alan"), new BasketFilled(3)));

        Assert.Equal((5, "Alan", 2), (counter.Sum, counter.LastOwner, counter.Opened));
    }

    [Fact]
    public void A_struct_has_private_methods_too()
        => Assert.Equal(new Owners("AdaAlan"), Fold<Owners>(new BasketOpened("Ada"), new BasketOpened("Alan")));

    [Fact]
    public void An_event_without_a_method_is_passed_over()
    {
        Assert.Equal(new Owners("Ada"), Fold<Owners>(new BasketOpened("Ada"), new BasketClosed(), "text"));
        Assert.Null(Fold<Owners>(new BasketClosed()));
    }

    [Fact]
    public void A_state_that_is_led_on_before_it_begins_says_what_is_missing()
        => Assert.Contains("Add a Create method", Assert.Throws<InvalidOperationException>(() => Fold<Basket>(new BasketFilled(1))).Message, StringComparison.Ordinal);

    [Fact]
    public void The_type_of_snapshots_names_the_state_and_its_shape()
    {
        Assert.Matches("^basket/[0-9a-f]{8}$", Known.FindState(typeof(Basket))!.SnapshotType);
        Assert.Matches("^count/[0-9a-f]{8}$", Known.FindState(typeof(Counter))!.SnapshotType);
        Assert.Equal((10, 5, 0), (Every<Basket>(), Every<Counter>(), Every<Owners>()));

        static int Every<TState>() => Known.FindState(typeof(TState))!.SnapshotEvery;
    }

    [Fact]
    public void A_snapshot_brings_back_all_of_a_state()
    {
        var info = Known.FindState(typeof(Counter))!.JsonTypeInfo;
        var json = JsonSerializer.Serialize(Fold<Counter>(new BasketFilled(2), new BasketOpened("Ada")), info);

        Assert.Equal("""{"sum":2,"lastOwner":"Ada","opened":1}""", json);
        Assert.Equal(json, JsonSerializer.Serialize(JsonSerializer.Deserialize(json, info), info));
    }

    [Fact]
    public void A_snapshot_is_read_in_a_straight_line()
    {
        var descriptor = Known.FindState(typeof(Basket))!;

        Assert.True(descriptor.TryReadStraight("""{"owner":"Ada","count":2,"others":1}"""u8, out var read));
        Assert.Equal(new Basket("Ada", 2, 1), read);
        Assert.False(descriptor.TryReadStraight("""{"owner":5}"""u8, out _));
        Assert.Throws<JsonException>(() => descriptor.Deserialize("""{"owner":5}"""u8));
    }

    [Fact]
    public void A_method_gets_the_event_as_it_is_stored()
    {
        Assert.Equal(new Ledger("Ada", At(1), 2), FoldRecorded<Ledger>(new BasketOpened("Ada"), new BasketFilled(1)));
        Assert.Equal(new Ledger("nobody", At(1), 1), FoldRecorded<Ledger>(new BasketOpened("Ada"), new BasketClosed()));
        Assert.Equal(new Times(1, 3), FoldRecorded<Times>(new BasketOpened("Ada"), new BasketClosed(), new BasketFilled(1)));
        Assert.Equal([1, 2], Assert.IsType<Versions>(FoldRecorded<Versions>(new BasketOpened("Ada"), new BasketFilled(1))).Seen);
    }

    [Fact]
    public void A_state_says_whether_it_takes_events_as_they_are_stored_and_misses_one_that_is_not_given()
    {
        Assert.Equal((true, true, true, false), (Takes<Ledger>(), Takes<Versions>(), Takes<Times>(), Takes<Basket>()));
        Assert.Contains(
            "takes the RecordedEvent of EventStore.EF.Generators.Tests.States.BasketOpened",
            Assert.Throws<InvalidOperationException>(() => Fold<Ledger>(new BasketOpened("Ada"))).Message, StringComparison.Ordinal);

        static bool Takes<TState>() => Known.FindState(typeof(TState))!.TakesRecordedEvents;
    }

    private static object? Fold<TState>(params object[] events) => Fold<TState>(events, _ => null);

    private static object? FoldRecorded<TState>(params object[] events) => Fold<TState>(events, number => new(Known)
    {
        EventId = Guid.NewGuid(),
        Position = 100 + number,
        StreamName = "basket-1",
        StreamVersion = number,
        Number = number,
        EventType = "unused",
        SchemaVersion = 1,
        Payload = default,
        CreatedAt = At(number),
    });

    private static DateTimeOffset At(int number) => new(2026, 5, number, 12, 0, 0, TimeSpan.Zero);

    private static object? Fold<TState>(object[] events, Func<int, RecordedEvent?> record)
    {
        var descriptor = Known.FindState(typeof(TState));
        Assert.NotNull(descriptor);
        var state = descriptor.Begin?.Invoke();
        foreach (var (index, data) in events.Index())
            state = descriptor.Fold(state, data, record(index + 1));

        return state;
    }
}
