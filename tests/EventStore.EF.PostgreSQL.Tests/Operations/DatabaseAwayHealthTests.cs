using EventStore.EF.TestDatabases;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Time.Testing;

namespace EventStore.EF.PostgreSQL.Tests.Operations;

/// <summary>The database is away for five minutes: liveness stays green, so that nobody restarts what is not broken; readiness doesn't.</summary>
public sealed class DatabaseAwayHealthTests(PostgreSqlFixture fixture) : HealthSuite(fixture), IClassFixture<PostgreSqlFixture>
{
    private static readonly TimeSpan Step = TimeSpan.FromSeconds(5);

    [Fact]
    public async Task While_the_database_is_away_only_liveness_is_healthy_and_all_is_when_it_is_back()
    {
        await using var proxy = new FaultyProxy(Database.ConnectionString, "Timeout=5;Command Timeout=5");
        var time = new FakeTimeProvider();
        var recorder = new Recorder();
        await using var process = Checking(
            time, store: builder =>
            {
                builder.Configure(options => options.LeaseDuration = TimeSpan.FromMinutes(10));
                builder.Services.AddSingleton(recorder);
                builder.AddSubscriber<NumberedHandler>("orders");
            },
            connectionString: proxy.ConnectionString);
        await process.Host.StartAsync(Ct);
        await AssertAsync(HealthStatus.Healthy, StoreCheckName, Subscriptions, Loops);

        proxy.GoAway();
        using var ticks = new PeriodicTimer(TimeSpan.FromMilliseconds(20), TimeProvider.System);
        for (var away = Step; away <= TimeSpan.FromMinutes(5); away += Step)
        {
            time.Advance(Step);
            await ticks.WaitForNextTickAsync(Ct);
            await AssertAsync(HealthStatus.Unhealthy, StoreCheckName, Subscriptions);
            await AssertAsync(HealthStatus.Healthy, Loops);
        }

        proxy.ComeBack();
        time.Advance(Step);
        await AssertAsync(HealthStatus.Healthy, StoreCheckName, Loops);

        async Task AssertAsync(HealthStatus status, params string[] checks)
        {
            foreach (var check in checks)
            {
                var health = await HealthAsync(process, check);
                Assert.True(status == health.Status, $"{check}: {health.Status}, {health.Description}");
            }
        }
    }
}
