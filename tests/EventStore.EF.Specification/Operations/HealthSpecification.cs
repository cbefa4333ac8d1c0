using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Time.Testing;

namespace EventStore.EF.Specification;

/// <summary>What health checks say of the store and of its subscriptions, judged from the tables.</summary>
public abstract class HealthSpecification(StoreFixture fixture) : HealthSuite(fixture)
{
    [Fact]
    public async Task A_store_without_subscriptions_is_healthy()
    {
        await using var process = Checking();
        foreach (var check in (string[])[StoreCheckName, Subscriptions, Loops])
            Assert.Equal(HealthStatus.Healthy, (await HealthAsync(process, check)).Status);
    }

    [Fact]
    public async Task A_database_that_is_away_is_unhealthy_and_what_its_subscriptions_do_is_unknown()
    {
        await using var process = Checking(connectionString: Fixture.UnreachableConnectionString);
        Assert.Equal(HealthStatus.Unhealthy, (await HealthAsync(process, StoreCheckName)).Status);
        var subscriptions = await HealthAsync(process, Subscriptions);
        Assert.Equal(HealthStatus.Unhealthy, subscriptions.Status);
        Assert.Contains("unknown", subscriptions.Description, StringComparison.Ordinal);
        Assert.Equal(HealthStatus.Healthy, (await HealthAsync(process, Loops)).Status);
    }

    [Fact]
    public async Task A_database_without_the_store_is_unhealthy_and_nothing_is_said_to_be_fine()
    {
        await using var empty = await Fixture.CreateDatabaseAsync(migrated: false);
        await using var process = Checking(connectionString: empty.ConnectionString);
        Assert.Equal(HealthStatus.Unhealthy, (await HealthAsync(process, StoreCheckName)).Status);
        Assert.Equal(HealthStatus.Degraded, (await HealthAsync(process, Subscriptions)).Status);
    }

    [Fact]
    public async Task An_owner_that_died_is_seen_by_another_process()
    {
        var owner = Process();
        await owner.AcquireAsync(Key);
        await using var process = Checking();
        Assert.Equal(HealthStatus.Healthy, (await HealthAsync(process, Subscriptions)).Status);

        await RunOutAsync();
        await using var next = Checking();
        var health = await HealthAsync(next, Subscriptions);
        Assert.Equal(HealthStatus.Unhealthy, health.Status);
        Assert.Contains("'orders' has no owner", health.Description, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_released_subscription_may_be_without_owner_for_half_a_minute()
    {
        var owner = Process();
        await owner.Leases.ReleaseAsync(await owner.AcquireAsync(Key), Ct);
        var time = new FakeTimeProvider();
        await using var process = Checking(time);
        Assert.Equal(HealthStatus.Degraded, (await HealthAsync(process, Subscriptions)).Status);
        time.Advance(TimeSpan.FromSeconds(30));
        Assert.Equal(HealthStatus.Unhealthy, (await HealthAsync(process, Subscriptions)).Status);
    }

    [Fact]
    public async Task A_paused_subscription_is_healthy_with_data_and_one_that_an_error_stopped_is_degraded()
    {
        var owner = Process();
        var lease = await owner.AcquireAsync(Key);
        await Events.Subscriptions.PauseAsync("orders", cancellationToken: Ct);
        await using var process = Checking();
        var health = await HealthAsync(process, Subscriptions);
        Assert.Equal(HealthStatus.Healthy, health.Status);
        Assert.Equal("Healthy: is paused", health.Data["subscription:orders"]);

        await owner.Leases.FailAsync(lease, "boom", Ct);
        await using var next = Checking();
        var stopped = await HealthAsync(next, Subscriptions);
        Assert.Equal(HealthStatus.Degraded, stopped.Status);
        Assert.Contains("boom", stopped.Description, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(HealthStatus.Healthy)]
    [InlineData(HealthStatus.Degraded)]
    [InlineData(HealthStatus.Unhealthy)]
    public async Task Parked_events_count_as_the_options_say(HealthStatus status)
    {
        var owner = Process();
        await owner.Parked.ParkAsync(await owner.AcquireAsync(Key), [new(1, "a", Guid.NewGuid(), 1, "boom", 1)], null, Ct);
        await using var process = Checking(configure: options => options.ParkedIs = status);
        var health = await HealthAsync(process, Subscriptions);
        Assert.Equal(status, health.Status);
        Assert.Contains("1 parked events", (string)health.Data["subscription:orders"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_subscription_that_is_behind_but_moves_is_degraded_with_the_time_it_needs_and_one_that_stands_still_is_unhealthy()
    {
        var first = await AppendOldAsync(1_000);
        var owner = Process(configure: options => options.LeaseDuration = TimeSpan.FromMinutes(10));
        var lease = await owner.AcquireAsync(Key);
        var time = new FakeTimeProvider();
        await using var process = Checking(time);
        Assert.Contains("isn't known yet", (await DegradedAsync()).Description, StringComparison.Ordinal);

        // 10 positions a second.
        time.Advance(TimeSpan.FromSeconds(10));
        await owner.Checkpoints.WriteAsync(lease, first + 99, Ct);
        Assert.Contains("caught up in about", (await DegradedAsync()).Description, StringComparison.Ordinal);

        // Nothing more is finished: degraded for five minutes, then unhealthy.
        time.Advance(TimeSpan.FromMinutes(5) - TimeSpan.FromSeconds(1));
        Assert.Contains("has not moved", (await DegradedAsync()).Description, StringComparison.Ordinal);
        time.Advance(TimeSpan.FromSeconds(5));
        var health = await HealthAsync(process, Subscriptions);
        Assert.Equal(HealthStatus.Unhealthy, health.Status);
        Assert.Contains("has finished nothing for at least 5 minutes", health.Description, StringComparison.Ordinal);

        await owner.Checkpoints.WriteAsync(lease, first + 999, Ct);
        time.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(HealthStatus.Healthy, (await HealthAsync(process, Subscriptions)).Status);

        async Task<HealthReportEntry> DegradedAsync()
        {
            var health = await HealthAsync(process, Subscriptions);
            Assert.Equal(HealthStatus.Degraded, health.Status);
            return health;
        }
    }

    [Fact]
    public async Task Only_the_subscriptions_that_are_asked_for_are_judged_and_one_that_is_missing_is_unhealthy()
    {
        var owner = Process();
        await owner.AcquireAsync(Key);
        await RunOutAsync();
        await using var except = Checking(configure: options => options.Except.Add("orders"));
        Assert.Equal(HealthStatus.Healthy, (await HealthAsync(except, Subscriptions)).Status);
        await using var other = Checking(configure: options => options.Only.Add("letters"));
        var health = await HealthAsync(other, Subscriptions);
        Assert.Equal(HealthStatus.Unhealthy, health.Status);
        Assert.Contains("'letters' doesn't exist", health.Description, StringComparison.Ordinal);
    }

    [Fact]
    public void An_option_of_health_out_of_range_is_refused_by_name()
    {
        var builder = new ServiceCollection().AddHealthChecks();
        foreach (var (option, configure) in new Dictionary<string, Action<SubscriptionHealthOptions>>
        {
            [nameof(SubscriptionHealthOptions.DegradedAfter)] = options => options.DegradedAfter = TimeSpan.Zero,
            [nameof(SubscriptionHealthOptions.UnhealthyAfter)] = options => options.UnhealthyAfter = TimeSpan.Zero,
            [nameof(SubscriptionHealthOptions.WithoutOwnerAfter)] = options => options.WithoutOwnerAfter = TimeSpan.FromSeconds(-1),
            [nameof(SubscriptionHealthOptions.ParkedIs)] = options => options.ParkedIs = (HealthStatus)9,
        })
        {
            Assert.Equal(option, Assert.Throws<ArgumentOutOfRangeException>(() => builder.AddEventStoreSubscriptions(configure)).ParamName);
        }

        Assert.Equal(
            nameof(LoopHealthOptions.StuckAfter),
            Assert.Throws<ArgumentOutOfRangeException>(() => builder.AddEventStoreLoops(options => options.StuckAfter = TimeSpan.Zero)).ParamName);
    }

    /// <summary>Appends events that are as old as to be behind, and returns the first position.</summary>
    private async Task<long> AppendOldAsync(int count)
    {
        var old = await Database.NowAsync() - TimeSpan.FromHours(1);
        return (await Events.AppendManyAsync([new StreamAppend("order-1", ExpectedVersion.NoStream, Numbered(count)) { CreatedAt = old }], Ct))[0].FirstPosition;
    }
}
