using EventStore.EF.Subscriptions.Definitions;

namespace EventStore.EF.Tests.Subscriptions.Shape;

public sealed class FinishedBeforeTests
{
    [Fact]
    public void Nothing_was_finished_before_the_number_was_ever_changed()
    {
        Assert.Same(FinishedBefore.Nothing, FinishedBefore.Parse(null));
        Assert.Null(FinishedBefore.Nothing.ToJson());
        Assert.False(FinishedBefore.Nothing.Contains("key", 1));
        Assert.False(FinishedBefore.Nothing.ContainsWithAnyKey(1));
        Assert.False(FinishedBefore.Nothing.Reaches(1));
    }

    [Fact]
    public void What_the_partition_of_a_key_had_finished_is_finished_and_nothing_else()
    {
        var finished = FinishedBefore.Nothing.And(new(2, [4, 9]), 4);
        var (slow, fast) = (KeyOf(0, 2), KeyOf(1, 2));
        Assert.True(finished.Contains(fast, 9));
        Assert.False(finished.Contains(fast, 10));
        Assert.False(finished.Contains(slow, 5));
        Assert.True(finished.Contains(null, 7));
        Assert.False(finished.Contains(null, 8));
        Assert.False(finished.ContainsWithAnyKey(5));
    }

    [Fact]
    public void Layouts_are_kept_as_long_as_they_reach_behind_the_position_of_all_partitions()
    {
        var once = FinishedBefore.Nothing.And(new(2, [4, 9]), 4);
        var twice = once.And(new(3, [5, 6, 4]), 4);
        Assert.True(twice.Contains(KeyOf(1, 2), 9));
        Assert.Equal("""[{"partitions":2,"positions":[4,9]},{"partitions":3,"positions":[5,6,4]}]""", twice.ToJson());
        Assert.Equal("""[{"partitions":2,"positions":[4,9]}]""", twice.And(new(1, [6]), 6).ToJson());
        Assert.Null(twice.And(new(1, [9]), 9).ToJson());
    }

    [Fact]
    public void What_is_stored_is_read_again()
    {
        const string Json = """[{"partitions":2,"positions":[4,9]},{"partitions":3,"positions":[5,6,9223372036854775807]}]""";
        Assert.Equal(Json, FinishedBefore.Parse(Json).ToJson());
    }

    /// <summary>A key of a partition.</summary>
    private static string KeyOf(int partition, int partitions)
        => Enumerable.Range(0, 1000).Select(number => $"key-{number}").First(key => PartitionKey.PartitionOf(key, 0, partitions) == partition);
}
