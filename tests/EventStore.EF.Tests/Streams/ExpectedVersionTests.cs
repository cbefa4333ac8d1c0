namespace EventStore.EF.Tests.Streams;

public class ExpectedVersionTests
{
    [Fact]
    public void Version_zero_is_no_stream() => Assert.Equal(ExpectedVersion.NoStream, ExpectedVersion.At(0));

    [Fact]
    public void A_negative_version_is_refused() => Assert.Throws<ArgumentOutOfRangeException>(() => ExpectedVersion.At(-1));

    [Fact]
    public void The_default_expects_nothing() => Assert.Equal(ExpectedVersion.Any, default);

    [Theory]
    [InlineData(0, true, true, true, false)]
    [InlineData(1, true, false, true, true)]
    [InlineData(2, true, false, true, false)]
    public void A_version_is_accepted_by_those_that_expect_it(long version, bool any, bool noStream, bool exists, bool atOne)
    {
        Assert.Equal(any, ExpectedVersion.Any.Accepts(version));
        Assert.Equal(noStream, ExpectedVersion.NoStream.Accepts(version));
        Assert.Equal(exists, ExpectedVersion.StreamExists.Accepts(version));
        Assert.Equal(atOne, ExpectedVersion.At(1).Accepts(version));
    }

    [Fact]
    public void Only_any_and_no_stream_create_one()
    {
        Assert.True(ExpectedVersion.Any.CreatesStream);
        Assert.True(ExpectedVersion.NoStream.CreatesStream);
        Assert.False(ExpectedVersion.StreamExists.CreatesStream);
        Assert.False(ExpectedVersion.At(1).CreatesStream);
    }
}
