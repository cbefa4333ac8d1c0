using EventStore.EF.Append;

namespace EventStore.EF.Tests.Telemetry;

/// <summary>What spans of appends are named by.</summary>
public sealed class StreamCategoryTests
{
    [Theory]
    [InlineData("order-17", "order")]
    [InlineData("order-2026-11-30", "order")]
    [InlineData("feed-1", "feed")]
    [InlineData("-17", null)]
    [InlineData("order", null)]
    [InlineData("3f2504e0-4f89-41d3-9a0c-0305e82c3301", null)]
    [InlineData("3f2504e04f8941d39a0c0305e82c3301", null)]
    public void It_is_what_stands_before_the_first_hyphen_of_a_name_that_is_no_id(string stream, string? category)
        => Assert.Equal(category, StreamCategory.Of([stream]));

    [Fact]
    public void Several_streams_have_one_only_if_they_share_it()
    {
        Assert.Equal("order", StreamCategory.Of(["order-1", "order-2"]));
        Assert.Null(StreamCategory.Of(["order-1", "bill-1"]));
        Assert.Null(StreamCategory.Of(["order-1", "orders"]));
        Assert.Null(StreamCategory.Of([]));
    }
}
