using System.Runtime.CompilerServices;
using EventStore.EF.Subscriptions.Delivery;
using EventStore.EF.Subscriptions.Leases;
using EventStore.EF.Subscriptions.Processing;
using Sent = EventStore.EF.Subscriptions.Processing.ConsumerDelivery;

namespace EventStore.EF.Tests.Subscriptions;

/// <summary>What a consumer takes from its queue: together what belongs together, in order, and nothing is kept of what was handled.</summary>
public sealed class ConsumerTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(10, new[] { 1, 2, 3 }, new[] { 6 })]
    [InlineData(5, new[] { 1, 2, 3 }, new[] { 3, 3 })]
    [InlineData(3, new[] { 4, 1, 2, 1 }, new[] { 4, 3, 1 })]
    [InlineData(1, new[] { 1, 1 }, new[] { 1, 1 })]
    public async Task What_waits_is_taken_together_up_to_the_greatest_size(int most, int[] offered, int[] taken)
    {
        var consumer = new Consumer();
        var place = 0;
        foreach (var count in offered)
            consumer.Offer(Of(consumer, [.. Enumerable.Range(0, count).Select(_ => Item(++place))]));

        consumer.Complete(null);
        var deliveries = await consumer.ReadAsync(most, Ct).ToListAsync(Ct);
        Assert.Equal(taken, deliveries.Select(delivery => delivery.Items.Count));
        Assert.Equal(Enumerable.Range(1, place).Select(number => (long)number), deliveries.SelectMany(delivery => delivery.Items).Select(item => item.Place));
    }

    [Fact]
    public async Task A_replay_is_taken_alone()
    {
        var consumer = new Consumer();
        var row = new ParkedRow(2, "key", Guid.NewGuid(), 2, null, 0);
        foreach (ConsumerDelivery delivery in (ConsumerDelivery[])[Of(consumer, [Item(1)]), Of(consumer, [Item(2)], row), Of(consumer, [Item(3)]), Of(consumer, [Item(4)])])
            consumer.Offer(delivery);

        consumer.Complete(null);
        var taken = await consumer.ReadAsync(10, Ct).ToListAsync(Ct);
        Assert.Equal([[1], [2], [3, 4]], taken.Select(delivery => delivery.Items.Select(item => item.Place).ToArray()));
        Assert.Same(row, taken[1].Replay);
    }

    [Fact]
    public async Task Nothing_is_kept_of_what_was_handled()
    {
        var consumer = new Consumer();
        await using var reading = consumer.ReadAsync(10, Ct).GetAsyncEnumerator(Ct);
        var handled = new List<WeakReference>();
        for (var round = 0; round < 100; round++)
            await HandleAsync(consumer, reading, handled);

        GC.Collect();

        // The enumerator has the last one still in its hands.
        Assert.InRange(handled.Count(reference => reference.IsAlive), 0, 1);
        GC.KeepAlive(consumer);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static async Task HandleAsync(Consumer consumer, IAsyncEnumerator<ConsumerDelivery> reading, List<WeakReference> handled)
    {
        consumer.Offer(Of(consumer, [Item(1)]));
        consumer.Offer(Of(consumer, [Item(2)]));
        Assert.True(await reading.MoveNextAsync());
        Assert.Equal(2, reading.Current.Items.Count);
        handled.Add(new(reading.Current.Items[0].Event));
    }

    private static ConsumerDelivery Of(Consumer consumer, DeliveryItem[] items, ParkedRow? replay = null) => new(null!, consumer, items, replay);

    private static DeliveryItem Item(int place) => new(Recorded.At(place), null, null);
}
