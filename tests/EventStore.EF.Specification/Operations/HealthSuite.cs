using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace EventStore.EF.Specification;

/// <summary>The base of the suites about health checks, which a process of its own runs.</summary>
public abstract class HealthSuite(StoreFixture fixture) : LeaseSuite(fixture)
{
    /// <summary>The names of the checks.</summary>
    protected const string StoreCheckName = "eventstore", Subscriptions = "eventstore-subscriptions", Loops = "eventstore-loops";

    /// <summary>A process with all checks. It runs no subscription.</summary>
    protected TestStore Checking(
        TimeProvider? time = null, Action<SubscriptionHealthOptions>? configure = null, Action<EventStoreBuilder>? store = null,
        string? connectionString = null)
        => Fixture.CreateStore(connectionString ?? Database.ConnectionString, builder =>
        {
            if (time is not null)
                builder.Services.AddSingleton(time);

            builder.Services.AddHealthChecks().AddEventStore().AddEventStoreSubscriptions(configure).AddEventStoreLoops();
            store?.Invoke(builder);
        });

    /// <summary>What a check says now.</summary>
    protected static async Task<HealthReportEntry> HealthAsync(TestStore process, string check)
    {
        ArgumentNullException.ThrowIfNull(process);
        var report = await process.Host.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync(
            registration => registration.Name == check, Ct);
        return Assert.Single(report.Entries).Value;
    }
}
