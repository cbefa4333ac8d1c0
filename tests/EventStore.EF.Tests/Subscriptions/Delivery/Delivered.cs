using EventStore.EF.Subscriptions.Delivery;

namespace EventStore.EF.Tests.Subscriptions.Delivery;

/// <summary>What the tests of the machine are written with.</summary>
internal static class Delivered
{
    public static readonly DeliveryLimits Limits = new(
        BufferSize: 1000, QueueSize: 1000, Bytes: long.MaxValue, BatchSize: 100, RefillAt: 1, CheckpointEvery: 100, CheckpointAfter: TimeSpan.FromSeconds(1), MixBatches: true, OrderByKey: false);

    public static readonly TimeSpan Now = TimeSpan.FromHours(1);

    public static DeliveryMachine Machine(DeliveryLimits? limits = null, long checkpoint = 0, params string[] parkedKeys) => new(checkpoint, limits ?? Limits, parkedKeys);

    public static DeliveryItem Item(long place, string? key = null, string stream = "numbers", Guid? correlationId = null)
        => new(Recorded.At(place, stream: stream, correlationId: correlationId), key, null);

    public static DeliveryItem[] Items(params ReadOnlySpan<(long Place, string? Key)> items)
    {
        var made = new DeliveryItem[items.Length];
        for (var index = 0; index < items.Length; index++)
            made[index] = Item(items[index].Place, items[index].Key);

        return made;
    }

    public static void Page(this DeliveryMachine machine, params ReadOnlySpan<(long Place, string? Key)> items)
        => machine.PageArrived(Items(items), items[^1].Place, isEnd: false, Now);

    public static DeliveryMachine Live(this DeliveryMachine machine)
    {
        machine.PageArrived([], 0, isEnd: true, Now);
        machine.Attached(accepted: true);
        return machine;
    }

    /// <summary>The next batch as consumer and places; null when there is none.</summary>
    public static (int Consumer, string Places)? Send(this DeliveryMachine machine)
        => machine.NextBatch() is { } batch ? (batch.Consumer, Places(batch.Items)) : null;

    public static string Places(IEnumerable<DeliveryItem> items) => string.Join(' ', items.Select(item => item.Place));
}
