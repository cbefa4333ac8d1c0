using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace EventStore.EF.Specification;

/// <summary>
/// Handlers that end their process. That a process has ended is played: its row names an owner that is no more, as a killed process leaves it, and the
/// same process takes it again as a stranger.
/// </summary>
public abstract class ProcessEndSpecification(StoreFixture fixture) : RunningSuite(fixture)
{
    /// <summary>As a killed process leaves its rows, when its leases have run out.</summary>
    private const string Killed = "UPDATE {subscriptions} SET owner = 'killed', epoch = epoch + 1, lease_expires_at = '2001-01-01 00:00:00.000'";

    private ISubscriptionAdministration Administration => Events.Subscriptions;

    [Theory]
    [InlineData(SubscriptionErrorPolicy.Park)]
    [InlineData(SubscriptionErrorPolicy.Stop)]
    [InlineData(SubscriptionErrorPolicy.Skip)]
    public async Task An_event_that_ends_the_process_each_time_is_not_handled_again_after_so_many_attempts(SubscriptionErrorPolicy policy)
    {
        var (recorder, begun) = (new Recorder(), new Begun());
        recorder.OnHandling = async (context, ct) =>
        {
            if (context.StreamName == "bad")
                await begun.HangAsync(ct);
        };
        await AppendAsync("good-1", 3);
        await AppendAsync("bad", 1);
        await AppendAsync("good-2", 3);
        await HostAsync(recorder, options => (options.MaxAttempts, options.OnError, options.CheckpointAfter) = (3, policy, TimeSpan.FromMilliseconds(10)));
        for (var time = 1; time <= 4; time++)
        {
            await begun.WaitAsync(time, Ct);

            // The first end is nobody's; from then on the event is recorded as alone before it begins.
            Assert.Equal(time > 1, await Database.ScalarAsync<long>("SELECT coalesce(max(suspect_place), 0) FROM {subscriptions}") > 0);
            await EndUncleanlyAsync();
        }

        if (policy is SubscriptionErrorPolicy.Stop)
        {
            await UntilAsync(async () => (await Administration.FindAsync(Name, cancellationToken: Ct)) is { Status: SubscriptionStatus.Paused });
            Assert.Contains("ended 3 times", (await Administration.FindAsync(Name, cancellationToken: Ct))!.LastError, StringComparison.Ordinal);
        }
        else
        {
            await CheckpointReachesAsync((await ReadAllAsync())[^1].Position);
            var parked = await Administration.ListParkedAsync(Name, cancellationToken: Ct).ToListAsync(Ct);
            Assert.Equal(policy is SubscriptionErrorPolicy.Park ? 1 : 0, parked.Count);
            Assert.All(parked, row => Assert.Contains("ended 3 times", row.Error, StringComparison.Ordinal));
            Assert.Equal(3, recorder.Handled.Where(context => context.StreamName == "good-2").Select(context => context.Position).Distinct().Count());
            await UntilAsync(async () => await Database.ScalarAsync<long>("SELECT count(*) FROM {subscriptions} WHERE is_suspected") == 0);
        }

        Assert.Equal(4, begun.Count);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task An_event_that_ends_the_process_far_behind_the_checkpoint_is_found_by_its_block(int consumers)
    {
        var (recorder, begun) = (new Recorder(), new Begun());
        recorder.OnHandling = async (context, ct) =>
        {
            if (context.StreamName == "bad")
                await begun.HangAsync(ct);
        };
        await AppendAsync("good-1", 100);
        await AppendAsync("bad", 1);
        await AppendAsync("good-2", 100);
        await HostAsync(recorder, options
            => (options.MaxAttempts, options.MaxConsumers, options.CheckpointEvery, options.CheckpointAfter) = (2, consumers, 10_000, TimeSpan.FromHours(1)));
        for (var time = 1; time <= 4; time++)
        {
            await begun.WaitAsync(time, Ct);
            Assert.Equal(time > 2, await Database.ScalarAsync<long>("SELECT coalesce(max(suspect_place), 0) FROM {subscriptions}") > 0);
            await EndUncleanlyAsync();
        }

        await UntilAsync(async () => (await Administration.FindAsync(Name, cancellationToken: Ct))?.ParkedCount == 1);
        await recorder.WaitAsync(handled => handled.Where(context => context.StreamName == "good-2").Select(context => context.Position).Distinct().Count() == 100, Ct);
        Assert.Equal(4, begun.Count);
    }

    [Theory]
    [InlineData(1, 3)]
    [InlineData(2, 4)]
    public async Task A_parked_event_whose_replay_ends_the_process_each_time_is_not_replayed_again_after_so_many_attempts(int consumers, int ends)
    {
        var (recorder, begun, isReplayed) = (new Recorder(), new Begun(), false);
        recorder.OnHandling = async (context, ct) =>
        {
            if (context.StreamName != "bad")
                return;

            if (!Volatile.Read(ref isReplayed))
                throw new InvalidOperationException("refused");

            await begun.HangAsync(ct);
        };
        await AppendAsync("good-1", 3);
        await AppendAsync("bad", 1);
        await AppendAsync("good-2", 3);
        await HostAsync(recorder, options => (options.MaxAttempts, options.MaxConsumers, options.CheckpointAfter) = (2, consumers, TimeSpan.FromMilliseconds(10)));
        await CheckpointReachesAsync((await ReadAllAsync())[^1].Position);
        Assert.Equal("bad", (await ParkedAsync()).Key);

        Volatile.Write(ref isReplayed, true);
        Assert.Equal(1, await Administration.ReplayParkedAsync(Name, cancellationToken: Ct));
        for (var time = 1; time <= ends; time++)
        {
            await begun.WaitAsync(time, Ct);
            await Database.ExecuteAsync(Killed);
        }

        await UntilAsync(async () => !(await ParkedAsync()).IsReplayRequested);
        Assert.Contains("ended 2 times", (await ParkedAsync()).Error, StringComparison.Ordinal);
        Assert.Equal(ends, begun.Count);

        // Others go on, and nothing is suspected any more.
        await AppendAsync("good-3", 3);
        await CheckpointReachesAsync((await ReadAllAsync())[^1].Position);
        await UntilAsync(async () => await Database.ScalarAsync<long>(
            "SELECT count(*) FROM {subscriptions} WHERE is_suspected OR suspect_place IS NOT NULL OR process_ends IS NOT NULL") == 0);
        Assert.Equal(9, recorder.Handled.Select(context => context.Position).Distinct().Count());
    }

    [Fact]
    public async Task A_replay_that_ends_the_process_is_found_behind_replays_that_do_not()
    {
        var (recorder, begun, isReplayed) = (new Recorder(), new Begun(), false);
        recorder.OnHandling = async (context, ct) =>
        {
            if (!Volatile.Read(ref isReplayed))
                throw new InvalidOperationException("refused");

            if (context.StreamName == "key-7")
                await begun.HangAsync(ct);
        };
        for (var key = 1; key <= 9; key++)
            await AppendAsync($"key-{key}", 1);

        await HostAsync(recorder, options => (options.MaxAttempts, options.CheckpointAfter) = (1, TimeSpan.FromMilliseconds(10)));
        await CheckpointReachesAsync((await ReadAllAsync())[^1].Position);
        Volatile.Write(ref isReplayed, true);
        Assert.Equal(9, await Administration.ReplayParkedAsync(Name, cancellationToken: Ct));
        var killed = 0;
        await UntilAsync(async () =>
        {
            if (begun.Count > killed)
            {
                killed++;
                await Database.ExecuteAsync(Killed);
            }

            return await Administration.ListParkedAsync(Name, cancellationToken: Ct).ToListAsync(Ct) is [{ Key: "key-7", IsReplayRequested: false }];
        });
        Assert.Contains("ended once while only", (await ParkedAsync()).Error, StringComparison.Ordinal);
        Assert.InRange(killed, 2, 3);
    }

    [Fact]
    public async Task After_two_unclean_ends_events_run_alone_in_the_process_so_that_none_is_blamed_for_another_one_s_end()
    {
        var (recorder, running, most) = (new Recorder(), 0, 0);
        recorder.OnHandling = async (_, _) =>
        {
            var now = Interlocked.Increment(ref running);
            if (Volatile.Read(ref most) < now)
                Volatile.Write(ref most, now);

            await Task.Yield();
            Interlocked.Decrement(ref running);
        };
        for (var stream = 0; stream < 20; stream++)
            await AppendAsync($"order-{stream}", 5);

        await EndAsync(await StartAsync());

        // As if the second process had ended while all events were in its block.
        await EndUncleanlyAsync();
        await Database.ExecuteAsync("UPDATE {subscriptions} SET process_ends = '1..100'");
        Volatile.Write(ref most, 0);
        await StartAsync(200);
        await UntilAsync(async () => await Database.ScalarAsync<long>("SELECT count(*) FROM {subscriptions} WHERE is_suspected") == 0);

        Assert.Equal(1, most);
        Assert.Empty(await Administration.ListParkedAsync(Name, cancellationToken: Ct).ToListAsync(Ct));

        async Task<TestStore> StartAsync(int handled = 100)
        {
            var process = await HostAsync(recorder, options => (options.Partitions, options.MaxConsumers) = (4, 2));
            await recorder.WaitForAsync(handled, Ct);
            return process;
        }
    }

    [Fact]
    public async Task After_one_unclean_end_events_run_as_always_and_the_record_ends_with_what_was_in_flight()
    {
        var recorder = new Recorder();
        var (running, together) = (0, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        for (var stream = 0; stream < 4; stream++)
            await AppendAsync($"order-{stream}", 5);

        await EndAsync(await HostAsync(recorder));
        await EndUncleanlyAsync();
        recorder.OnHandling = async (_, ct) =>
        {
            // Until two of them run at the same time.
            if (Interlocked.Increment(ref running) == 2)
                together.SetResult();

            await together.Task.WaitAsync(ct);
        };
        await HostAsync(recorder, options => options.MaxConsumers = 2);
        await together.Task.WaitAsync(TimeSpan.FromSeconds(30), Ct);
        await UntilAsync(async () => await Database.ScalarAsync<long>(
            "SELECT count(*) FROM {subscriptions} WHERE is_suspected OR suspect_place IS NOT NULL OR process_ends IS NOT NULL") == 0);
    }

    [Theory]
    [InlineData("4..6", 3)]
    [InlineData("90..2000", 11)]
    public async Task After_two_unclean_ends_only_the_events_of_the_recorded_block_run_alone(string block, int expected)
    {
        var (recorder, alone) = (new Recorder(), 0);
        await AppendAsync("order-1", 100);
        var process = await HostAsync(recorder);
        await recorder.WaitForAsync(100, Ct);
        await EndAsync(process);
        await EndUncleanlyAsync();
        await Database.ExecuteAsync("UPDATE {subscriptions} SET process_ends = '" + block + "'");
        recorder.OnHandling = async (_, _) =>
        {
            if (await Database.ScalarAsync<long>("SELECT coalesce(max(suspect_place), 0) FROM {subscriptions}") > 0)
                alone++;
        };
        await HostAsync(recorder);
        await recorder.WaitForAsync(200, Ct);
        await UntilAsync(async () => await Database.ScalarAsync<long>(
            "SELECT count(*) FROM {subscriptions} WHERE is_suspected OR suspect_place IS NOT NULL OR process_ends IS NOT NULL") == 0);

        Assert.Equal(expected, alone);
    }

    [Fact]
    public async Task Events_after_an_unclean_end_cost_few_records_and_each_is_in_the_recorded_block()
    {
        var (recorder, blocks, outside) = (new Recorder(), new HashSet<string>(), new List<long>());
        await AppendAsync("order-1", 500);
        var process = await HostAsync(recorder);
        await recorder.WaitForAsync(500, Ct);
        await EndAsync(process);
        await EndUncleanlyAsync();
        recorder.OnHandling = async (context, _) =>
        {
            var block = await Database.ScalarAsync<string>("SELECT coalesce(process_ends, '0..0') FROM {subscriptions}");
            blocks.Add(block!);
            var ends = block!.Split("..").Select(end => long.Parse(end, CultureInfo.InvariantCulture)).ToArray();
            if (context.Position < ends[0] || context.Position > ends[1])
                outside.Add(context.Position);
        };
        await HostAsync(recorder);
        await recorder.WaitForAsync(1000, Ct);

        Assert.InRange(blocks.Count, 500 / 16, 500 / 8);
        Assert.Empty(outside);
    }

    [Fact]
    public async Task Progress_and_a_clean_stop_leave_nothing_behind_and_without_an_unclean_end_nothing_is_noted()
    {
        var recorder = new Recorder();
        await AppendAsync("order-1", 20);
        var process = await HostAsync(recorder);
        await recorder.WaitForAsync(20, Ct);
        await EndAsync(process);
        await HostAsync(recorder);
        await AppendAsync("order-1", 20, first: 21);
        await recorder.WaitForAsync(40, Ct);
        Assert.Equal(0, await Database.ScalarAsync<long>(
            "SELECT count(*) FROM {subscriptions} WHERE is_suspected OR suspect_place IS NOT NULL OR process_ends IS NOT NULL"));

        await EndUncleanlyAsync();
        await AppendAsync("order-1", 20, first: 41);
        await recorder.WaitAsync(handled => handled.Select(context => context.Position).Distinct().Count() == 60, Ct);
        await UntilAsync(async () => await Database.ScalarAsync<long>(
            "SELECT count(*) FROM {subscriptions} WHERE is_suspected OR suspect_place IS NOT NULL OR process_ends IS NOT NULL") == 0);
    }

    /// <summary>As a killed process leaves its rows, when its leases have run out, at worst: nothing of what it handled is saved.</summary>
    private Task<int> EndUncleanlyAsync() => Database.ExecuteAsync($"{Killed}, position = 0");

    private async Task<ParkedEvent> ParkedAsync() => await Administration.ListParkedAsync(Name, cancellationToken: Ct).SingleAsync(Ct);
}

/// <summary>Handlers that begin and never end by themselves.</summary>
[SuppressMessage("Design", "CA1001:Types that own disposable fields should be disposable", Justification = "A semaphore whose wait handle nobody asks for holds nothing")]
public sealed class Begun
{
    private readonly SemaphoreSlim _begun = new(0);
    private int _count;
    private int _waited;

    /// <summary>How many have begun.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Begins, and goes on until the process has lost the subscription.</summary>
    public async Task HangAsync(CancellationToken ct)
    {
        Interlocked.Increment(ref _count);
        _begun.Release();
        var never = new TaskCompletionSource();
        await never.Task.WaitAsync(ct);
    }

    /// <summary>Waits until so many have begun; fails after 60 seconds.</summary>
    public async Task WaitAsync(int count, CancellationToken ct)
    {
        for (; _waited < count; _waited++)
            Assert.True(await _begun.WaitAsync(TimeSpan.FromSeconds(60), ct));
    }
}
