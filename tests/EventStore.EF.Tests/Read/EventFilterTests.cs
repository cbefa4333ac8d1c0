namespace EventStore.EF.Tests.Read;

public class EventFilterTests
{
    [Fact]
    public void All_accepts_everything() => Assert.True(EventFilter.All.Accepts(Recorded.At(1)));

    [Fact]
    public void Parts_must_all_hold()
    {
        var filter = EventFilter.Types("counted", "noted").AndStreamPrefix("num");

        Assert.True(filter.Accepts(Recorded.At(1, "counted", "numbers")));
        Assert.False(filter.Accepts(Recorded.At(1, "other", "numbers")));
        Assert.False(filter.Accepts(Recorded.At(1, "counted", "orders")));
        Assert.False(filter.Accepts(Recorded.At(1, "counted", "Numbers")));
    }

    [Fact]
    public void Types_twice_are_those_in_both()
        => Assert.Equal(["b"], EventFilter.Types("b", "a").AndTypes("c", "b").EventTypes!);

    [Fact]
    public void A_filter_of_nothing_is_refused()
    {
        Assert.Throws<ArgumentException>(() => EventFilter.Types());
        Assert.Throws<ArgumentException>(() => EventFilter.Types("a", ""));
        Assert.Throws<ArgumentException>(() => EventFilter.StreamPrefix(""));
        Assert.Throws<ArgumentException>(() => EventFilter.StreamPrefix("a").AndStreamPrefix("ab"));
    }
}
