using EventStore.EF.PostgreSQL.Tests.Order;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace EventStore.EF.PostgreSQL.Tests.Operations;

/// <summary>A subscription behind an open transaction: whose it is stands in the data of the health check.</summary>
public sealed class HeldBackHealthTests(PostgreSqlFixture fixture) : HealthSuite(fixture), IClassFixture<PostgreSqlFixture>
{
    [Fact]
    public async Task A_subscription_behind_an_open_transaction_is_told_with_its_session()
    {
        Assert.SkipWhen(Fixture.IsPooled, "a pool doesn't tell which server process works for a connection");
        var owner = Process();
        var lease = await owner.AcquireAsync(Key);
        var first = await Events.AppendManyAsync("order-1", ExpectedVersion.NoStream, Numbered(1), Ct);
        await owner.Checkpoints.WriteAsync(lease, first.LastPosition, Ct);
        await using var open = await OpenTransaction.BeginAsync(Database.ConnectionString);
        await open.AppendAsync("order-2", 2);
        var last = await Events.AppendManyAsync("order-3", ExpectedVersion.NoStream, Numbered(1), Ct);

        await using var process = Checking(configure: options => options.DegradedAfter = TimeSpan.FromTicks(1));
        var health = await HealthAsync(process, Subscriptions);
        Assert.Equal(HealthStatus.Degraded, health.Status);
        Assert.Equal([open.Pid], (int[])health.Data["blockingSessions"]);
        Assert.Contains(
            $"events after position {first.LastPosition} are held back by session {open.Pid}", health.Description, StringComparison.Ordinal);

        var report = await process.Host.Services.GetRequiredService<IEventStoreOperations>().GetReportAsync(Ct);
        Assert.Equal((last.LastPosition, first.LastPosition), (report.Head, report.SettledPosition));

        await open.CommitAsync();
        await using var next = Checking();
        Assert.DoesNotContain("blockingSessions", (await HealthAsync(next, Subscriptions)).Data.Keys);
    }
}
