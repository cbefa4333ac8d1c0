using EventStore.EF.PostgreSQL.Tests.Order;

namespace EventStore.EF.PostgreSQL.Tests.Subscriptions;

/// <summary>The server crashes and recovers in the middle of work.</summary>
[Collection(typeof(OwnServerCollection))]
public sealed class ServerCrashTests(OwnServerFixture fixture) : RunningSuite(fixture)
{
    [Fact]
    public async Task Defect_12_Nothing_is_lost_nothing_is_handled_twice_and_everything_stays_in_order()
    {
        var recorder = new Recorder();
        await HostAsync(recorder);
        await using var stream = await Process().Events.SubscribeAsync("stream", new() { Stream = "order-1", BatchSize = 4 }, Ct);
        for (var round = 0; round < 3; round++)
        {
            for (var number = (10 * round) + 1; number <= (10 * round) + 10; number++)
                await AppendAsync("order-1", 1, number);

            // Some of them are on their way.
            await recorder.WaitForAsync((10 * round) + 3, Ct);
            await fixture.CrashAsync(Database, Ct);
            await recorder.WaitForAsync((10 * round) + 10, Ct);
        }

        Assert.Equal(Enumerable.Range(1, 30), recorder.Handled.Select(context => context.Event.As<Numbered>().Number));
        Assert.Equal(Enumerable.Range(1, 30), (await stream.HandleAsync(30)).Numbers());
    }

    /// <inheritdoc/>
    protected override void Configure(EventStoreBuilder builder)
    {
        base.Configure(builder);
        builder.Configure(options => (options.LeaseDuration, options.PollingInterval, options.MaxRetryAttempts) = (TimeSpan.FromMinutes(2), TimeSpan.FromMilliseconds(100), 20));
    }
}
