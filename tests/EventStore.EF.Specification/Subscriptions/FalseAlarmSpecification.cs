using Microsoft.Extensions.Logging;

namespace EventStore.EF.Specification;

/// <summary>Races that harm nothing are no errors in the log.</summary>
public abstract class FalseAlarmSpecification(StoreFixture fixture) : RunningSuite(fixture)
{
    [Fact]
    public async Task Rewinding_pausing_and_resuming_a_busy_subscription_logs_no_error_and_no_warning()
    {
        var recorder = new Recorder();
        var process = await HostAsync(recorder, options => (options.CheckpointEvery, options.Partitions) = (1, 2));
        for (var round = 1; round <= 10; round++)
        {
            await AppendAsync($"order-{round}", 20);
            await recorder.WaitForAsync(round * 5, Ct);
            await Events.Subscriptions.RewindAsync(Name, 0, ParkedEventHandling.Keep, cancellationToken: Ct);
            await Events.Subscriptions.PauseAsync(Name, cancellationToken: Ct);
            await Events.Subscriptions.ResumeAsync(Name, cancellationToken: Ct);
        }

        await CheckpointReachesAsync((await ReadAllAsync())[^1].Position);
        await EndAsync(process);
        Assert.DoesNotContain(process.Log.Lines, line => line.Level >= LogLevel.Warning);
    }
}
