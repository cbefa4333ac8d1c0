using System.Diagnostics;
using EventStore.EF.PostgreSQL.Tests.Subscriptions.Workers;
using EventStore.EF.TestDatabases;

namespace EventStore.EF.PostgreSQL.Tests.Subscriptions;

/// <summary>
/// Two processes and one subscription: the owner is killed, stopped, stands still for longer than its lease, or is cut off. The other takes
/// over in time, and the former owner writes nothing any more.
/// </summary>
public sealed class TwoProcessesTests(PostgreSqlFixture fixture) : OwnDatabaseSpecification(fixture), IClassFixture<PostgreSqlFixture>
{
    private const string Name = "orders";

    /// <summary>Beyond the promised time, for a busy machine.</summary>
    private static readonly TimeSpan Slack = TimeSpan.FromSeconds(2);

    private readonly List<IAsyncDisposable> _started = [];

    private CheckpointLedger Ledger => new(Database);

    [Fact]
    public async Task A_killed_owner_s_subscription_is_taken_over_within_one_lease_and_not_before()
    {
        var lease = TimeSpan.FromSeconds(3);
        var (first, second) = await StartBothAsync("handler", lease);
        await AppendAsync(1, 3);
        await first.SaysAsync("handled order-1 3");
        var killedAt = await Database.NowAsync();
        first.Signal(PosixSignal.Kill);
        await first.EndsAsync();
        var leaseEnds = await LeaseEndAsync();
        await AppendAsync(4, 5);
        await second.SaysAsync("handled order-1 5");

        var takenAt = (await Ledger.TakenByAsync("second"))!.Value;
        Assert.InRange(takenAt, leaseEnds, killedAt.UtcDateTime + lease + Slack);
        await Ledger.AssertFencedAsync();

        // At least once: what the first handled and did not write is handled again, and nothing is left out.
        var handled = second.Lines.Where(line => line.StartsWith("handled", StringComparison.Ordinal)).Select(line => int.Parse(line.Split(' ')[2], null)).ToArray();
        Assert.Equal(Enumerable.Range(handled[0], 6 - handled[0]), handled);
        Assert.InRange(handled[0], 1, 4);
    }

    [Fact]
    public async Task A_killed_owner_s_subscription_is_taken_over_within_two_leases_although_the_server_s_clock_was_set_back_by_an_hour()
    {
        var lease = TimeSpan.FromSeconds(3);
        var (first, second) = await StartBothAsync("handler", lease);
        await AppendAsync(1, 3);
        await first.SaysAsync("handled order-1 3");
        first.Signal(PosixSignal.Kill);
        await first.EndsAsync();
        var killed = Stopwatch.GetTimestamp();

        // To those who read it, it is the same whether the clock goes back or the lease's end goes forward.
        await Database.ExecuteAsync("UPDATE {subscriptions} SET lease_expires_at = lease_expires_at + interval '1 hour'");
        await AppendAsync(4, 5);
        await second.SaysAsync("handled order-1 5");
        Assert.InRange(Stopwatch.GetElapsedTime(killed), TimeSpan.Zero, lease + lease + Slack);
        await Ledger.AssertFencedAsync();
    }

    [Fact]
    public async Task A_stopped_owner_hands_over_at_once_and_nothing_is_handled_twice()
    {
        var (first, second) = await StartBothAsync("handler", TimeSpan.FromMinutes(1));
        await AppendAsync(1, 3);
        await first.SaysAsync("handled order-1 3");
        var stoppedAt = await Database.NowAsync();
        first.Signal(PosixSignal.Terminate);
        await first.EndsAsync();
        await AppendAsync(4, 5);
        await second.SaysAsync("handled order-1 5");

        Assert.Contains("stopped", first.Lines);
        Assert.InRange((await Ledger.TakenByAsync("second"))!.Value, stoppedAt.UtcDateTime, stoppedAt.UtcDateTime + Slack + Slack);
        Assert.Equal(["handled order-1 4", "handled order-1 5"], second.Lines.Where(line => line.StartsWith("handled", StringComparison.Ordinal)));
        await Ledger.AssertFencedAsync();
    }

    [Fact]
    public async Task What_an_owner_is_handling_when_it_is_stopped_is_finished_and_not_handled_by_the_other()
    {
        var (first, second) = await StartBothAsync("handler", TimeSpan.FromMinutes(1));
        first.Tell("hold");
        await first.SaysAsync("done hold");
        await AppendAsync(1, 2);
        await first.SaysAsync("handling order-1 1");
        first.Signal(PosixSignal.Terminate);
        await first.EndsAsync();
        await second.SaysAsync("handled order-1 2");

        // Its handler heard that the host stops, and gave up; what it had not handled, the other has.
        Assert.DoesNotContain("handled order-1 1", first.Lines);
        Assert.Contains("handled order-1 1", second.Lines);
        await Ledger.AssertFencedAsync();
    }

    [Theory]
    [InlineData("stand still")]
    [InlineData("cut off")]
    [InlineData("go away")]
    public async Task A_former_owner_that_comes_back_writes_nothing_and_its_acks_are_refused(string what)
    {
        var lease = TimeSpan.FromSeconds(1.5);
        await using var proxy = new FaultyProxy(Database.ConnectionString);
        var (first, second) = await StartBothAsync("consumer", lease, proxy.ConnectionString);
        await AppendAsync(1, 3);
        await first.SaysAsync("delivered 3");
        var startedAt = await Database.NowAsync();
        switch (what)
        {
            case "stand still":
                first.Signal(PosixSignal.Stop);
                break;
            case "cut off":
                proxy.Freeze();
                break;
            default:
                proxy.GoAway();
                break;
        }

        await second.SaysAsync("delivered 3");
        Assert.InRange((await Ledger.TakenByAsync("second"))!.Value, startedAt.UtcDateTime, startedAt.UtcDateTime + lease + Slack);
        second.Tell("ack");
        await second.SaysAsync("acknowledged 3");
        await AppendAsync(4, 5);
        await second.SaysAsync("delivered 5");

        // It acknowledges first of all when it comes back, before it can know anything.
        first.Tell("ack");
        if (what == "stand still")
            first.Signal(PosixSignal.Continue);
        proxy.Thaw();
        proxy.ComeBack();

        await first.SaysAsync("refused SubscriptionLostException");
        await first.SaysAsync("ended SubscriptionLostException");
        Assert.DoesNotContain(first.Lines, line => line.StartsWith("acknowledged", StringComparison.Ordinal) || line is "delivered 4" or "delivered 5");
        first.Tell("ack");
        await first.SaysAsync("refused SubscriptionLostException", times: 2);
        second.Tell("ack");
        await second.SaysAsync("acknowledged 5");
        await CheckpointReachesAsync((await ReadAllAsync())[^1].Position);
        await Ledger.AssertFencedAsync();
        Assert.Single((await Ledger.ReadAsync()).Where(entry => entry is { Application: "second", Owner: not null }).Select(entry => entry.Epoch).Distinct());
    }

    [Fact]
    public async Task A_handler_that_stood_still_for_longer_than_the_lease_is_cancelled_and_its_process_stands_by()
    {
        var lease = TimeSpan.FromSeconds(1.5);
        var (first, second) = await StartBothAsync("handler", lease);
        await AppendAsync(1, 1);
        await first.SaysAsync("handled order-1 1");
        first.Tell("hold");
        await first.SaysAsync("done hold");
        await AppendAsync(2, 3);
        await first.SaysAsync("handling order-1 2");
        first.Signal(PosixSignal.Stop);
        await second.SaysAsync("handled order-1 3");
        first.Signal(PosixSignal.Continue);

        // It stands by: when the other is stopped, it has the next one.
        await AppendAsync(4, 4);
        await second.SaysAsync("handled order-1 4");
        second.Signal(PosixSignal.Terminate);
        await second.EndsAsync();
        await AppendAsync(5, 5);
        await first.SaysAsync("handled order-1 5");
        Assert.DoesNotContain(first.Lines, line => line is "handled order-1 2" or "handled order-1 3" or "handled order-1 4");
        await Ledger.AssertFencedAsync();
    }

    [Fact]
    public async Task A_stand_still_for_longer_than_the_lease_that_nobody_noticed_costs_nothing()
    {
        var lease = TimeSpan.FromSeconds(1);
        await Ledger.BeginAsync();
        var only = await StartAsync("consumer", "first", lease, Database.ConnectionString);
        await AppendAsync(1, 2);
        await only.SaysAsync("delivered 2");
        only.Signal(PosixSignal.Stop);
        await LeaseRunsOutAsync();
        only.Signal(PosixSignal.Continue);
        only.Tell("ack");
        await only.SaysAsync("acknowledged 2");
        await AppendAsync(3, 3);
        await only.SaysAsync("delivered 3");

        Assert.Equal(["delivered 1", "delivered 2", "delivered 3"], only.Lines.Where(line => line.StartsWith("delivered", StringComparison.Ordinal)));
        await Ledger.AssertFencedAsync();
    }

    [Fact]
    public async Task Owners_that_are_killed_one_after_the_other_lose_nothing_and_keep_the_order()
    {
        // Long enough for an owner to renew it while the next process starts beside it.
        var lease = TimeSpan.FromSeconds(3);
        await Ledger.BeginAsync();
        var workers = new List<Worker> { await StartAsync("handler", "worker-0", lease, Database.ConnectionString) };
        for (var round = 0; round < 4; round++)
        {
            // The next one starts when this one has taken over: they would both be waiting for the turn of the one that was killed.
            await AppendAsync((10 * round) + 1, (10 * round) + 5);
            await workers[round].SaysAsync($"handled order-1 {(10 * round) + 1}");
            workers.Add(await StartAsync("handler", $"worker-{round + 1}", lease, Database.ConnectionString));
            await AppendAsync((10 * round) + 6, (10 * round) + 10);
            await workers[round].SaysAsync($"handled order-1 {(10 * round) + 7}");
            workers[round].Signal(PosixSignal.Kill);
            await workers[round].EndsAsync();
        }

        // The last that was killed may have finished everything before.
        await AppendAsync(41, 43);
        await workers[^1].SaysAsync("handled order-1 43");
        var handled = workers.SelectMany(worker => worker.Lines).Where(line => line.StartsWith("handled", StringComparison.Ordinal)).Select(line => int.Parse(line.Split(' ')[2], null)).ToArray();
        Assert.Equal(Enumerable.Range(1, 43), handled.Distinct());
        foreach (var worker in workers)
        {
            var own = worker.Lines.Where(line => line.StartsWith("handled", StringComparison.Ordinal)).Select(line => int.Parse(line.Split(' ')[2], null)).ToArray();
            Assert.Equal(Enumerable.Range(own[0], own.Length), own);
        }

        await Ledger.AssertFencedAsync();
    }

    [Fact]
    public async Task An_event_whose_handler_ends_the_process_is_parked_after_so_many_ends_and_the_others_are_handled()
    {
        await Events.AppendManyAsync("order-1", ExpectedVersion.Any, Numbered(2, 11), Ct);
        await Events.AppendManyAsync("order-2", ExpectedVersion.Any, Numbered(1, 13), Ct);
        await Events.AppendManyAsync("order-3", ExpectedVersion.Any, Numbered(2, 14), Ct);
        var ends = 0;
        for (var isDone = false; !isDone && ends < 6;)
        {
            var worker = Worker.Launch("fatal", Database.ConnectionString, Name, 1);
            _started.Add(worker);
            var done = worker.SaysAsync("handled order-3 15");
            var ended = worker.EndsAsync();
            isDone = await Task.WhenAny(done, ended) == done;
            if (!isDone)
                ends++;
        }

        // The first end is nobody's yet: the event was not recorded as alone. Then it may end the process twice, as MaxAttempts says.
        Assert.Equal(3, ends);
        var parked = Assert.Single(await Events.Subscriptions.ListParkedAsync(Name, cancellationToken: Ct).ToListAsync(Ct));
        Assert.Equal("order-2", parked.Key);
        Assert.Contains("ended 2 times", parked.Error, StringComparison.Ordinal);
    }

    /// <inheritdoc/>
    public override async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        foreach (var started in _started)
            await started.DisposeAsync();

        await base.DisposeAsync();
    }

    private async Task<(Worker Owner, Worker StandBy)> StartBothAsync(string mode, TimeSpan lease, string? way = null)
    {
        await Ledger.BeginAsync();
        var first = await StartAsync(mode, "first", lease, way ?? Database.ConnectionString);
        await UntilOwnedAsync();
        return (first, await StartAsync(mode, "second", lease, Database.ConnectionString));
    }

    private async Task<Worker> StartAsync(string mode, string application, TimeSpan lease, string connectionString)
    {
        var worker = await Worker.StartAsync(mode, $"{connectionString};Application Name={application}", Name, lease.TotalSeconds);
        _started.Add(worker);
        return worker;
    }

    private async Task AppendAsync(int first, int last)
    {
        for (var number = first; number <= last; number++)
            await Events.AppendManyAsync("order-1", ExpectedVersion.Any, Numbered(1, number), Ct);
    }

    private async Task<DateTime> LeaseEndAsync()
    {
        await using var connection = await Database.OpenAsync();
        await using var command = Database.Command(connection, "SELECT lease_expires_at FROM {subscriptions}");
        return (DateTime)(await command.ExecuteScalarAsync(Ct))!;
    }

    private Task UntilOwnedAsync() => UntilAsync("SELECT count(*) > 0 FROM {subscriptions}, pg_sleep(0.005) WHERE owner IS NOT NULL");

    private Task LeaseRunsOutAsync() => UntilAsync("SELECT count(*) > 0 FROM {subscriptions}, pg_sleep(0.005) WHERE lease_expires_at < clock_timestamp()");

    private Task CheckpointReachesAsync(long position) => UntilAsync($"SELECT count(*) > 0 FROM {{subscriptions}}, pg_sleep(0.005) WHERE position >= {position}");

    /// <summary>Waits until a query gives true; the server paces the looks.</summary>
    private async Task UntilAsync(string sql)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        patience.CancelAfter(TimeSpan.FromSeconds(30));
        while (!await Database.ScalarAsync<bool>(sql))
            patience.Token.ThrowIfCancellationRequested();
    }
}
