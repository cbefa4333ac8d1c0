using System.Diagnostics;
using EventStore.EF.PostgreSQL.Tests.Subscriptions.Workers;
using EventStore.EF.TestDatabases;

namespace EventStore.EF.PostgreSQL.Tests.Subscriptions;

/// <summary>What a hundred subscriptions in one process cost, counted between that process and its server.</summary>
public sealed class ManySubscriptionsTests(PostgreSqlFixture fixture) : OwnDatabaseSpecification(fixture), IClassFixture<PostgreSqlFixture>
{
    private const int Many = 100;

    [Theory]
    [InlineData("all")]
    [InlineData("stream")]
    [InlineData("one-stream")]
    [InlineData("mixed")]
    public async Task Defect_20_The_statements_per_append_do_not_grow_with_the_subscriptions(string kind)
    {
        const int Appends = 40;
        var few = await CountAsync(2);
        var many = await CountAsync(Many);
        TestContext.Current.TestOutputHelper?.WriteLine($"{kind}: {few.Count / (double)Appends:0.0} statements per append with 2 subscriptions, {many.Count / (double)Appends:0.0} with {Many}");

        // Those of the clock, such as heartbeats, come on top: more where it takes longer.
        Assert.True(many.Count <= (few.Count * 1.25) + (4 * many.Seconds) + 10, $"With 2: {few.Count} in {few.Seconds:0.0} s; with {Many}: {many.Count} in {many.Seconds:0.0} s\n{many.Statements}");

        async Task<(long Count, double Seconds, string Statements)> CountAsync(int subscriptions)
        {
            await using var database = await Fixture.CreateDatabaseAsync();
            await using var proxy = new FaultyProxy(database.ConnectionString);
            await using var worker = await Worker.StartAsync("many", proxy.ConnectionString, subscriptions, kind);
            proxy.Statements.Clear();
            var began = Stopwatch.GetTimestamp();
            worker.Tell($"append {Appends}");
            await worker.SaysAsync("appended");
            return (proxy.Statements.Count, Stopwatch.GetElapsedTime(began).TotalSeconds, proxy.Statements.ToString());
        }
    }

    [Theory]
    [InlineData("all")]
    [InlineData("stream")]
    [InlineData("mixed")]
    public async Task Defect_13_An_idle_store_makes_at_most_two_statements_a_second_in_all_and_uses_under_one_percent_of_a_core(string kind)
    {
        await using var proxy = new FaultyProxy(Database.ConnectionString);
        await using var worker = await Worker.StartAsync("many", proxy.ConnectionString, Many, kind);

        // From one renewal of the leases to the one after the next: twice a third of 15 seconds.
        await RenewedAsync();
        proxy.Statements.Clear();
        var (began, processor) = (Stopwatch.GetTimestamp(), worker.ProcessorTime);
        await RenewedAsync();
        await RenewedAsync();
        var seconds = Stopwatch.GetElapsedTime(began).TotalSeconds;
        var (statements, load) = (proxy.Statements.Count / seconds, (worker.ProcessorTime - processor).TotalSeconds / seconds);

        TestContext.Current.TestOutputHelper?.WriteLine($"{kind}: {statements:0.00} statements a second, {load:0.00 %} of a core, over {seconds:0.0} s");
        Assert.True(statements <= 2, $"{statements:0.00} statements a second:\n{proxy.Statements}");
        Assert.True(load < 0.01, $"{load:0.00 %} of a core");
    }

    /// <summary>Waits until the leases are renewed; the server paces the looks.</summary>
    private async Task RenewedAsync()
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        patience.CancelAfter(TimeSpan.FromSeconds(60));
        var before = await LeaseEndAsync();
        while (await LeaseEndAsync() == before)
            patience.Token.ThrowIfCancellationRequested();
    }

    private Task<double> LeaseEndAsync() => Database.ScalarAsync<double>("SELECT extract(epoch FROM min(lease_expires_at))::float8 FROM {subscriptions}, pg_sleep(0.1)");
}
