namespace EventStore.EF.Tests.Testing;

public sealed class StateOfTests
{
    [Fact]
    public void A_state_is_folded_from_events_without_a_store()
    {
        Assert.Equal(new Parcel("Ada", 2), StateOf<Parcel>.Fold(new Sent("Ada"), new Weighed(1), new Weighed(2)));
        Assert.Equal(new Parcel("Ada", 2), StateOf<Parcel>.Fold((List<object>)[new NewEvent(new Sent("Ada")), new Weighed(2), new Packed(1)]));
        Assert.Empty(StateOf<ParcelLog>.Fold().Lines);
    }

    [Fact]
    public void Old_versions_are_folded_as_the_newest() => Assert.Equal(new Parcel("Ada", 2), StateOf<Parcel>.Fold(new Sent("Ada"), new WeighedV1(4)));

    [Fact]
    public void A_method_gets_the_event_as_it_would_be_stored()
        => Assert.Equal(
            ["test-1 1 1970 ", "test-1 2 1970 Ada", "parcel-7 9 2026 "],
            StateOf<ParcelLog>.Fold(
                new Sent("Ada"),
                new NewEvent(new Sent("Ada")) { Metadata = new() { ["by"] = "Ada" } },
                EventContext.For(new Sent("Ada"), "parcel-7", version: 9, new(2026, 5, 4, 12, 0, 0, TimeSpan.Zero)).Event).Lines);

    [Fact]
    public void What_can_t_be_folded_says_why()
    {
        AssertRefused<string>("is not a state", new Sent("Ada"));
        AssertRefused<Parcel>("None of the 0 events creates");
        AssertRefused<Parcel>("None of the 1 events creates", new Packed(1));
        AssertRefused<Parcel>("has not begun", new Weighed(1));
        Assert.Throws<ArgumentNullException>("events", () => StateOf<Parcel>.Fold(new Sent("Ada"), null!));
        Assert.Throws<EventNotRegisteredException>(() => StateOf<ParcelLog>.Fold("text"));

        static void AssertRefused<TState>(string saying, params object[] events)
            where TState : notnull
            => Assert.Contains(saying, Assert.Throws<InvalidOperationException>(() => StateOf<TState>.Fold(events)).Message, StringComparison.Ordinal);
    }
}
