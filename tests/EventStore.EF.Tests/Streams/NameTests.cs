namespace EventStore.EF.Tests.Streams;

public class NameTests
{
    public static TheoryData<string, string> Broken => new()
    {
        { "", "empty" },
        { new string('a', 256), "256" },
        { "a\tb", "U+0009" },
        { "a\0b", "U+0000" },
        { "a\u0085", "U+0085" },
        { "a\ud800b", "lone surrogate U+D800 at index 1" },
        { "\udc00", "lone surrogate U+DC00 at index 0" },
    };

    [Theory]
    [MemberData(nameof(Broken))]
    public void A_name_out_of_rule_is_refused_with_the_rule_it_breaks(string name, string says)
    {
        Assert.Contains(says, Assert.Throws<ArgumentException>(() => new StreamName(name)).Message, StringComparison.Ordinal);
        Assert.Contains(says, Assert.Throws<ArgumentException>(() => new SubscriptionName(name)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("$all")]
    [InlineData("$")]
    [InlineData("$anything")]
    public void A_stream_name_that_starts_with_a_dollar_is_the_store_s_own(string name)
        => Assert.Contains("reserved", Assert.Throws<ArgumentException>(() => new StreamName(name)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("a")]
    [InlineData("order-42")]
    [InlineData("a$all")]
    [InlineData("Бестелла 😀 \"'; DROP TABLE events; --")]
    [InlineData("../../etc/passwd")]
    public void Any_other_text_is_a_name(string name)
    {
        Assert.Equal(name, new StreamName(name).Value);
        Assert.Equal(name, new SubscriptionName(name).Value);
        Assert.Equal(new string('x', 255), new StreamName(new string('x', 255)).Value);
    }

    [Fact]
    public void The_default_value_is_no_name()
    {
        Assert.Throws<ArgumentException>(() => default(StreamName).Value);
        Assert.Throws<ArgumentException>(() => default(SubscriptionName).Value);
    }
}
