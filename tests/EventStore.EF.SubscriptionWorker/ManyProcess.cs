using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace EventStore.EF.SubscriptionWorker;

/// <summary>
/// Many durable subscriptions, whose checkpoints are written seldom. Says <c>ready</c> when all have caught up. Order: <c>append</c> with a
/// number appends so many events, one after the other, each when all have got the one before; says <c>appended</c>.
/// </summary>
internal static class ManyProcess
{
    private const string Appended = "stream-0";

    public static async Task<int> RunAsync(string connection, int count, string kind)
    {
        using var host = Stores.Host(connection);
        var store = host.Services.GetRequiredService<IEventStore>();
        await store.AppendAsync(Appended, ExpectedVersion.Any, new Numbered(0));
        var consumers = new List<(IEventSubscription Consumer, bool IsConcerned)>();
        for (var index = 0; index < count; index++)
        {
            var stream = kind switch
            {
                "all" => default(int?),
                "stream" => index,
                "one-stream" => 0,
                _ => index % 2 == 0 ? null : index - 1,
            };
            var options = new ConsumerOptions
            {
                Stream = stream is { } number ? $"stream-{number}" : default(StreamName?),
                CheckpointEvery = int.MaxValue,
                CheckpointAfter = TimeSpan.FromHours(1),
            };
            consumers.Add((await store.SubscribeAsync($"many-{index}", options), stream is null or 0));
        }

        var got = new SemaphoreSlim(0);
        foreach (var (consumer, _) in consumers)
            _ = ConsumeAsync(consumer, got);

        var concerned = consumers.Count(one => one.IsConcerned);
        await GotAsync(got, concerned);
        Orders.Take(async order =>
        {
            for (var number = int.Parse(order.Split(' ')[1], null); number > 0; number--)
            {
                await store.AppendAsync(Appended, ExpectedVersion.Any, new Numbered(number));
                await GotAsync(got, concerned);
            }

            Orders.Say("appended");
        });
        Orders.Say("ready");
        await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System);
        return 0;
    }

    private static async Task GotAsync(SemaphoreSlim got, int count)
    {
        for (var index = 0; index < count; index++)
            await got.WaitAsync();
    }

    private static async Task ConsumeAsync(IEventSubscription consumer, SemaphoreSlim got)
    {
        await foreach (var batch in consumer.ReadBatchesAsync())
        {
            await consumer.AckAsync(batch);
            got.Release(batch.Events.Count);
        }
    }
}
