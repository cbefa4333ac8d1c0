using EventStore.EF.Subscriptions.Definitions;

namespace EventStore.EF.Tests.Subscriptions.Shape;

public sealed class CommonStateTests
{
    [Fact]
    public void All_begin_at_the_slowest_with_an_epoch_above_every_owner_s()
    {
        var common = CommonState.Of([Partition(0, 7, epoch: 3), Partition(1, 4, epoch: 9), Partition(2, 5, epoch: 1)], null);
        Assert.Equal((4, 10, default(long?)), (common.Position, common.Epoch, common.StreamId));
        Assert.Equal("""[{"partitions":3,"positions":[7,4,5]}]""", common.Finished.ToJson());
        Assert.Empty(common.Outdated);
    }

    [Fact]
    public void Where_all_are_as_far_nothing_is_to_be_kept()
        => Assert.Null(CommonState.Of([Partition(0, 7), Partition(1, 7)], null).Finished.ToJson());

    [Fact]
    public void A_partition_that_has_not_seen_its_stream_yet_is_at_its_beginning()
    {
        var common = CommonState.Of([Partition(0, 7, streamId: 3), Partition(1, 0)], 3);
        Assert.Equal((0, 3), (common.Position, common.StreamId));
        Assert.Empty(common.Outdated);
    }

    [Theory]
    [InlineData(4, 4)]
    [InlineData(null, 4)]
    [InlineData(5, 5)]
    public void Of_a_stream_that_was_removed_nothing_is_left(int? now, int expected)
    {
        var old = FinishedBefore.Nothing.And(new(1, [20]), 3);
        var common = CommonState.Of([Partition(0, 7, streamId: 3, finished: old), Partition(1, 5, streamId: 4)], now);
        Assert.Equal((0, expected), (common.Position, common.StreamId));
        Assert.Equal(expected == 4 ? [100] : [100, 101], common.Outdated);
        Assert.Equal(expected == 4 ? """[{"partitions":2,"positions":[0,5]}]""" : null, common.Finished.ToJson());
    }

    [Fact]
    public void An_event_that_was_alone_is_counted_where_its_process_has_ended_only()
    {
        var common = CommonState.Of(
            [
                Partition(0, 7, suspicion: Suspicion.Parse(true, 8, "3..9 8:1")),
                Partition(1, 7, suspicion: Suspicion.Parse(false, 9, "7..20"), isAbandoned: true),
                Partition(2, 7, suspicion: Suspicion.Parse(false, null, "90..99")),
            ],
            null);
        Assert.Equal((true, default(long?), "3..20 8:1 9:1"), (common.Suspicion.IsSuspected, common.Suspicion.Alone, common.Suspicion.EndsText));
    }

    [Fact]
    public void Where_one_partition_does_not_know_its_block_nobody_knows_it()
    {
        var common = CommonState.Of(
            [
                Partition(0, 7, suspicion: Suspicion.Parse(true, null, "50..65")),
                Partition(1, 7, suspicion: Suspicion.Parse(true, null, null)),
            ],
            null);
        Assert.Equal((true, default(SuspectBlock?)), (common.Suspicion.IsSuspected, common.Suspicion.Block));
    }

    private static PartitionState Partition(
        int number, long position, long? streamId = null, long epoch = 1, Suspicion? suspicion = null, bool isAbandoned = false,
        FinishedBefore? finished = null)
        => new(
            100 + number, number, position, streamId, epoch, suspicion ?? Suspicion.None, isAbandoned, finished ?? FinishedBefore.Nothing);
}
