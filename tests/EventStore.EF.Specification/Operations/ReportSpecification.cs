using EventStore.EF.Schema;
using EventStore.EF.Subscriptions.Leases;
using Microsoft.Extensions.DependencyInjection;

namespace EventStore.EF.Specification;

/// <summary>What an operator sees of the store, from a process that runs nothing.</summary>
public abstract class ReportSpecification(StoreFixture fixture) : LeaseSuite(fixture)
{
    [Fact]
    public async Task A_store_that_nothing_is_wrong_with_passes_every_check()
    {
        var appended = await Events.AppendManyAsync("order-1", ExpectedVersion.NoStream, Numbered(3), Ct);
        var process = Process();
        var lease = await process.AcquireAsync(Key);
        await process.Checkpoints.WriteAsync(lease, appended.LastPosition, Ct);

        var report = await ReportAsync();
        AssertPassed(report);
        Assert.Equal(report.Checks.Select(check => check.Id).Distinct().Order(StringComparer.Ordinal), report.Checks.Select(check => check.Id));
        Assert.Equal((appended.LastPosition, appended.LastPosition), (report.Head, report.SettledPosition));
        Assert.Equal(SchemaState.Current, report.Schema.State);
        Assert.NotNull(report.Store);
        Assert.NotNull(report.ServerVersion);
        Assert.True(report.StoreBytes > 0);
        Assert.Empty(report.BlockingTransactions!);
        Assert.InRange(report.ReadAt, report.Store.CreatedAt, report.Store.CreatedAt + TimeSpan.FromDays(1));
    }

    [Fact]
    public async Task An_empty_store_passes_every_check()
    {
        var report = await ReportAsync();
        AssertPassed(report);
        Assert.Equal((0, 0), (report.Head, report.SettledPosition));
        Assert.Empty(report.Subscriptions!);
    }

    [Fact]
    public async Task A_subscription_is_reported_as_it_is_listed()
    {
        var appended = await Events.AppendManyAsync(
            [new StreamAppend("other", ExpectedVersion.NoStream, Numbered(3)) { CreatedAt = await Database.NowAsync() - TimeSpan.FromHours(3) }], Ct);
        await Events.AppendManyAsync("order-1", ExpectedVersion.NoStream, Numbered(2), Ct);
        await Events.LinkAsync("order-1", 2, await ReadAsync("other"), Ct);
        var process = Process();
        var all = await process.AcquireAsync(Key, partitions: 2);
        await process.Checkpoints.WriteAsync(all, appended[0].LastPosition, Ct);
        await process.Leases.FailAsync(all, "boom", Ct);
        var stream = await process.AcquireAsync(Key with { Stream = "order-1" });
        await process.Checkpoints.WriteAsync(stream, 3, Ct);
        await process.AcquireAsync(new("missing", "nobody", 0));

        var reported = (await ReportAsync()).Subscriptions!.Select(subscription => subscription.Info).ToArray();
        var listed = await Events.Subscriptions.ListAsync(Ct).ToListAsync(Ct);
        Assert.Equal(3, reported.Length);
        Assert.Equal(listed.Select(Comparable), reported.Select(Comparable));
        Assert.All(listed.Zip(reported), pair => Assert.InRange(pair.First.LagTime - pair.Second.LagTime, -TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(1)));

        static object Comparable(SubscriptionInfo info) => (
            info.Name, info.Stream, info.Position, info.Head, info.LagEvents, info.Status, (info.ParkedCount, info.LastError, info.LastErrorAt, info.CreatedAt),
            string.Join(' ', info.Handles ?? []), string.Join(' ', info.Partitions));
    }

    [Fact]
    public async Task How_far_each_of_many_subscriptions_is_behind_is_counted()
    {
        var old = await Database.NowAsync() - TimeSpan.FromHours(1);
        var appended = (await Events.AppendManyAsync([new StreamAppend("order-1", ExpectedVersion.NoStream, Numbered(20)) { CreatedAt = old }], Ct))[0];
        var process = Process();
        int[] behind = [20, 13, 13, 7, 1, 0];
        foreach (var (index, events) in behind.Index())
        {
            var lease = await process.AcquireAsync(new($"s{index}", EventStoreModel.All, 0));
            await process.Checkpoints.WriteAsync(lease, appended.LastPosition - events, Ct);
        }

        var subscriptions = (await ReportAsync()).Subscriptions!;
        Assert.Equal(behind, subscriptions.Select(subscription => subscription.Info.LagEvents));
        Assert.All(subscriptions.SkipLast(1), subscription => Assert.InRange(subscription.Info.LagTime, TimeSpan.FromHours(1), TimeSpan.FromHours(1.1)));
    }

    [Fact]
    public async Task A_dead_owner_is_told_with_the_end_of_its_lease()
    {
        var process = Process();
        await process.AcquireAsync(Key, partitions: 2);
        await RunOutAsync();

        var subscription = Assert.Single((await ReportAsync()).Subscriptions!);
        Assert.Equal([0, 1], subscription.PartitionsWithoutOwner);
        Assert.Equal(2001, subscription.LeaseExpiredAt!.Value.Year);
        Assert.True(subscription.WithoutOwnerFor > TimeSpan.FromDays(365));
        Assert.Equal(CheckSeverity.Error, Check(await ReportAsync(), "D06").Severity);
    }

    [Fact]
    public async Task Parked_events_are_counted_with_the_first_of_them()
    {
        var process = Process();
        var lease = await process.AcquireAsync(Key);
        await process.Parked.ParkAsync(lease, [new(1, "a", Guid.NewGuid(), 1, "boom", 1), new(2, "a", Guid.NewGuid(), 2, null, 0)], null, Ct);

        var report = await ReportAsync();
        var subscription = Assert.Single(report.Subscriptions!);
        Assert.Equal((2, "boom"), (subscription.Info.ParkedCount, subscription.FirstParkedError));
        Assert.InRange(subscription.FirstParkedAt!.Value, subscription.Info.CreatedAt, report.ReadAt);
        var check = Check(report, "D07");
        Assert.Equal((CheckSeverity.Warning, "orders"), (check.Severity, check.Subscription?.Value));
        Assert.Contains("boom", check.Evidence, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_subscription_that_has_finished_what_the_store_never_had_is_ahead_of_it()
    {
        await Events.AppendManyAsync("order-1", ExpectedVersion.NoStream, Numbered(3), Ct);
        await Process().AcquireAsync(Key);
        await Database.ExecuteAsync("UPDATE {subscriptions} SET position = 1000");

        Assert.Equal(CheckSeverity.Error, Check(await ReportAsync(), "D09").Severity);
    }

    [Fact]
    public async Task A_subscription_whose_last_events_were_removed_is_not_ahead()
    {
        var process = Process();
        var appended = await process.Events.AppendManyAsync("order-1", ExpectedVersion.NoStream, Numbered(3), Ct);
        await process.Checkpoints.WriteAsync(await process.AcquireAsync(Key), appended.LastPosition, Ct);
        await process.Events.Streams.HardDeleteAsync("order-1", 3, Ct);

        Assert.Equal(CheckSeverity.Passed, Check(await ReportAsync(), "D09").Severity);
    }

    [Fact]
    public async Task An_owner_that_can_not_handle_everything_is_found()
    {
        var process = Process();
        var lease = await process.AcquireAsync(Key);
        await process.Leases.CoverAsync(lease, isCovered: false, Ct);

        Assert.Contains(process.Leases.Owner, Check(await ReportAsync(), "D19").Evidence, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Whoever_looks_within_the_interval_sees_the_same_report()
    {
        var operations = Operations(Store);
        var reports = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => Task.Run(() => operations.GetReportAsync(Ct))));
        await Process().AcquireAsync(Key);

        Assert.Single(reports.Append(await operations.GetReportAsync(Ct)).Distinct());
    }

    [Fact]
    public async Task A_database_without_the_store_is_told_as_such_and_nothing_about_it_is_passed()
    {
        await using var empty = await Fixture.CreateDatabaseAsync(migrated: false);
        await using var store = Fixture.CreateStore(empty);
        var report = await Operations(store).GetReportAsync(Ct);

        Assert.Equal(SchemaState.Missing, report.Schema.State);
        Assert.Equal(SchemaState.Missing, (await Operations(store).GetSchemaAsync(Ct)).State);
        Assert.Equal(CheckSeverity.Error, Check(report, "D01").Severity);
        Assert.Equal((null, null), (report.Subscriptions, report.Head));
        foreach (var id in (string[])["D02", "D06", "D07", "D08", "D09", "D19"])
            Assert.Equal(CheckSeverity.Unknown, Check(report, id).Severity);
    }

    [Fact]
    public async Task A_database_that_is_away_is_no_report()
    {
        await using var store = Fixture.CreateStore(Fixture.UnreachableConnectionString);
        await Assert.ThrowsAsync<EventStoreUnavailableException>(() => Operations(store).GetReportAsync(Ct));
        await Assert.ThrowsAsync<EventStoreUnavailableException>(() => Operations(store).GetSchemaAsync(Ct));
    }

    private static IEventStoreOperations Operations(TestStore store) => store.Host.Services.GetRequiredService<IEventStoreOperations>();

    private static StoreCheck Check(StoreReport report, string id) => Assert.Single(report.Checks, check => check.Id == id);

    /// <summary>How many connections the server has left depends on the tests that run beside this one.</summary>
    private static void AssertPassed(StoreReport report)
        => Assert.All(
            report.Checks.Where(check => check.Id != "D14"), check => Assert.True(check.Severity is CheckSeverity.Passed, check.ToString()));

    /// <summary>A report of another process, which has seen nothing before.</summary>
    private Task<StoreReport> ReportAsync() => Operations(Process().Store).GetReportAsync(Ct);
}
