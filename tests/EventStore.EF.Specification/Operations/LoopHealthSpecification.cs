using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;

namespace EventStore.EF.Specification;

/// <summary>What the health check of loops says of its own process.</summary>
public abstract class LoopHealthSpecification(StoreFixture fixture) : RunningSuite(fixture)
{
    [Fact]
    public async Task Loops_that_turn_are_healthy_and_named()
    {
        var process = Process(builder => builder.Services.AddHealthChecks().AddEventStoreLoops());
        await using var consumer = await process.Events.SubscribeAsync(Name, null, Ct);
        await AppendAsync("order-1", 1);
        await consumer.WaitUntilActiveAsync(Ct);

        await UntilAsync(async () => (await HealthAsync(process)).Data.Count == 4);
        var health = await HealthAsync(process);
        Assert.Equal(HealthStatus.Healthy, health.Status);
        Assert.Equal(["lease renewer", "notifications", "stream poller", "tail reader"], health.Data.Keys.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_partition_that_the_host_runs_has_a_loop()
    {
        var process = await HostAsync(new(), configure: builder => builder.Services.AddHealthChecks().AddEventStoreLoops());
        await UntilAsync(async () => (await HealthAsync(process)).Data.ContainsKey("subscription 'orders', partition 0"));
    }

    [Fact]
    public async Task A_loop_that_an_exception_has_ended_is_unhealthy_and_logged()
    {
        var time = new BreakingTime();
        var process = Process(builder =>
        {
            builder.Services.AddSingleton<TimeProvider>(time);
            builder.Services.AddHealthChecks().AddEventStoreLoops();
        });
        await using var consumer = await process.Events.SubscribeAsync(Name, null, Ct);
        await consumer.WaitUntilActiveAsync(Ct);
        Assert.Equal(HealthStatus.Healthy, (await HealthAsync(process)).Status);

        time.IsBroken = true;
        await process.Events.AppendManyAsync("order-1", ExpectedVersion.Any, Numbered(1), Ct);
        var line = await process.Log.WaitForAsync(line => line.Level is LogLevel.Critical, Ct);
        Assert.Contains("has ended by an exception", line.Message, StringComparison.Ordinal);
        var health = await HealthAsync(process);
        Assert.Equal(HealthStatus.Unhealthy, health.Status);
        Assert.Contains("has ended by an exception: System.InvalidOperationException: the clock is broken", health.Description, StringComparison.Ordinal);
        time.IsBroken = false;
    }

    private static async Task<HealthReportEntry> HealthAsync(TestStore process)
        => Assert.Single((await process.Host.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync(Ct)).Entries).Value;

    /// <summary>The system's clock, until it breaks: then no timer can be made, which no loop expects.</summary>
    private sealed class BreakingTime : TimeProvider
    {
        public volatile bool IsBroken;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
            => IsBroken ? throw new InvalidOperationException("the clock is broken") : base.CreateTimer(callback, state, dueTime, period);
    }
}
