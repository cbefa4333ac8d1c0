namespace EventStore.EF.Specification;

/// <summary>A projection applies every event once, whatever number of partitions it has had.</summary>
public abstract class ProjectionRepartitionSpecification(StoreFixture fixture) : ProjectionSuite(fixture)
{
    private const int Streams = 10;
    private const int Each = 60;

    [Fact]
    public async Task Every_event_is_applied_once_though_the_number_is_changed_under_running_owners()
    {
        var appending = Task.Run(async () =>
        {
            for (var number = 1; number <= Each; number += 2)
            {
                for (var stream = 0; stream < Streams; stream++)
                    await Events.AppendManyAsync($"order-{stream}", ExpectedVersion.Any, Numbered(2, number), Ct);
            }
        }, Ct);
        Application[] old = [];
        foreach (var partitions in (int[])[1, 4, 3, 1, 5])
        {
            if (old.Length > 0)
                await Events.Subscriptions.RepartitionAsync(Projection, partitions, cancellationToken: Ct);

            var (first, second) = (NewApplication(Options), NewApplication(Options));
            await first.Host.StartAsync(Ct);
            await second.Host.StartAsync(Ct);
            await Task.WhenAny(first.Recorder.WaitForAsync(Streams, Ct), second.Recorder.WaitForAsync(Streams, Ct), appending);
            foreach (var application in old)
                await application.Host.StopAsync(Ct);

            old = [first, second];

            void Options(SubscriptionOptions options) => (options.Partitions, options.BatchSize) = (partitions, 7);
        }

        await appending;
        await Events.Subscriptions.WaitForAsync(Projection, (await ReadAllAsync())[^1].Position, TimeSpan.FromSeconds(30), cancellationToken: Ct);
        await AssertEachEventOnceAsync();
    }
}
