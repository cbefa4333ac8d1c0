using CsCheck;

namespace EventStore.EF.Tests.Subscriptions.Delivery;

public class DeliveryModelTests
{
    public static MatrixTheoryData<int, int, bool> Shapes { get; } = new([1, 2, 5, 1000], [1, 2, 3], [true, false]);

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Whatever_happens_events_are_sent_at_least_once_in_order_per_key_bounded_and_the_checkpoint_is_contiguous(
        int bufferSize, int consumers, bool isPartitioned)
    {
        var cases =
            from queueSize in OneOf(1, 3, 20, 1000)
            from bytes in OneOf(1, 10, 60, int.MaxValue)
            from batchSize in OneOf(1, 2, 7, 100)
            from refillAt in OneOf(1, (bufferSize + 1) / 2, bufferSize)
            from checkpointEvery in OneOf(1, 3, 100)
            from pageSize in Gen.Int[1, 9]
            from mixBatches in Gen.Bool
            from keys in isPartitioned ? OneOf(1, 2, 6) : Gen.Const(0)
            from orderByKey in isPartitioned && consumers > 1 ? Gen.Const(true) : Gen.Bool
            select new DeliveryCase(consumers, keys, bufferSize, queueSize, bytes, batchSize, refillAt, checkpointEvery, pageSize, mixBatches, orderByKey);
        var actions = Gen.Select(Gen.Int[0, 24], Gen.Int[0, 10_000]).List[1, 300];
        Gen.Select(cases, actions).Sample(
            (@case, steps) =>
            {
                var model = new DeliveryModel(@case);
                foreach (var (action, choice) in steps)
                    model.Act(action, choice);

                model.Drain();
            },
            iter: 100);
    }

    private static Gen<int> OneOf(params int[] values) => Gen.Int[0, values.Length - 1].Select(index => values[index]);
}
