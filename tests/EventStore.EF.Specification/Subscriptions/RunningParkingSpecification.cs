using System.Collections.Concurrent;
using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace EventStore.EF.Specification;

/// <summary>Events whose handling fails, in running subscriptions: they wait with all of their key, and everything else flows.</summary>
public abstract class RunningParkingSpecification(StoreFixture fixture) : RunningSuite(fixture)
{
    private readonly ConcurrentDictionary<string, string> _failing = new() { ["bad"] = "poison" };
    private readonly Recorder _recorder = new();

    private ISubscriptionAdministration Administration => Events.Subscriptions;

    [Fact]
    public async Task A_failing_event_waits_with_the_later_ones_of_its_key_and_everything_else_flows()
    {
        await HostAsync(options => options.MaxAttempts = 3);
        var failed = await AppendAsync("bad", 2);
        await AppendAsync("good", 2);
        await AppendAsync("bad", 1, first: 3);
        var last = await AppendAsync("good", 1, first: 3);
        await WaitForHandledAsync("good", 3);

        // Parked counts as finished.
        await CheckpointReachesAsync(last.LastPosition);
        var parked = await ListAsync();
        Assert.Equal([("bad", 1L, 3, false), ("bad", 2, 0, false), ("bad", 3, 0, false)],
            parked.Select(one => (one.Key, one.Event!.StreamVersion, one.Attempts, one.IsReplayRequested)));
        Assert.Contains("System.InvalidOperationException: poison", parked[0].Error, StringComparison.Ordinal);
        Assert.Equal([null, null], parked.Skip(1).Select(one => one.Error));
        Assert.Equal((failed.FirstPosition, failed.FirstPosition), (parked[0].Position, parked[0].Number));
        var info = await Administration.FindAsync(Name, cancellationToken: Ct);
        Assert.Equal((3, 0), (info!.ParkedCount, info.LagEvents));
        Assert.All(_recorder.Handled, context => Assert.Equal("good", context.StreamName.Value));
    }

    [Fact]
    public async Task A_new_owner_knows_what_is_parked_and_parks_what_follows_behind_it()
    {
        var first = await HostAsync();
        await AppendAsync("bad", 2);
        await UntilParkedAsync(2);
        await EndAsync(first);
        _failing.Clear();
        await AppendAsync("bad", 2, first: 3);
        await HostAsync();
        await AppendAsync("good", 1);
        await WaitForHandledAsync("good", 1);
        await UntilParkedAsync(4);

        Assert.Equal([1L, 2L, 3L, 4L], (await ListAsync()).Select(one => one.Event!.StreamVersion));
        Assert.Equal("good", Assert.Single(_recorder.Handled).StreamName.Value);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task A_replay_drains_in_order_while_new_events_of_the_key_keep_coming_and_then_they_flow(int consumers)
    {
        await HostAsync(options =>
        {
            options.MaxConsumers = consumers;
            options.BufferSize = 4;
        });
        await AppendAsync("bad", 20);
        await UntilParkedAsync(20);
        _failing.Clear();
        var appending = Task.Run(async () =>
        {
            for (var number = 21; number <= 80; number++)
                await AppendAsync("bad", 1, number);
        }, Ct);
        Assert.InRange(await Administration.ReplayParkedAsync(Name, cancellationToken: Ct), 20, 80);
        await appending;
        await WaitForHandledAsync("bad", 80);
        await AppendAsync("bad", 1, first: 81);
        await WaitForHandledAsync("bad", 81);

        Assert.Equal(Enumerable.Range(1, 81), Handled("bad"));
        await UntilParkedAsync(0);
    }

    [Fact]
    public async Task A_replay_that_fails_again_stays_parked_with_all_behind_it_until_somebody_asks_once_more()
    {
        await HostAsync();
        await AppendAsync("bad", 3);
        await UntilParkedAsync(3);
        _failing["bad"] = "poison again";
        Assert.Equal(3, await Administration.ReplayParkedAsync(Name, "bad", cancellationToken: Ct));
        await UntilAsync(async () => (await ListAsync())[0].Attempts == 2);

        var parked = await ListAsync();
        Assert.Equal([2, 0, 0], parked.Select(one => one.Attempts));
        Assert.Contains("poison again", parked[0].Error, StringComparison.Ordinal);
        await AppendAsync("bad", 1, first: 4);
        await AppendAsync("good", 1);
        await WaitForHandledAsync("good", 1);
        await UntilParkedAsync(4);

        _failing.Clear();
        await Administration.ReplayParkedAsync(Name, "bad", cancellationToken: Ct);
        await WaitForHandledAsync("bad", 4);
        Assert.Equal([1, 2, 3, 4], Handled("bad"));
        await UntilParkedAsync(0);
    }

    [Fact]
    public async Task A_replay_of_one_key_leaves_the_others_parked()
    {
        _failing["worse"] = "poison";
        await HostAsync();
        await AppendAsync("bad", 2);
        await AppendAsync("worse", 2);
        await UntilParkedAsync(4);
        _failing.Clear();
        Assert.Equal(2, await Administration.ReplayParkedAsync(Name, "worse", cancellationToken: Ct));
        await WaitForHandledAsync("worse", 2);
        await UntilParkedAsync(2);

        Assert.Equal([1, 2], Handled("worse"));
        Assert.Empty(Handled("bad"));
    }

    [Fact]
    public async Task What_is_discarded_is_never_handled_and_what_comes_after_flows()
    {
        await HostAsync();
        await AppendAsync("bad", 2);
        await UntilParkedAsync(2);
        _failing.Clear();
        Assert.Equal(2, await Administration.DiscardParkedAsync(Name, "bad", cancellationToken: Ct));
        await UntilAsync(async () =>
        {
            // The owner is told; what it had not heard of yet goes behind what is no longer there, and comes out again by itself.
            await AppendAsync("bad", 1, first: 3);
            return Handled("bad").Count > 0;
        });

        Assert.DoesNotContain(Handled("bad"), number => number < 3);
        var last = await AppendAsync("bad", 1, first: 4);
        await _recorder.WaitAsync(handled => handled.Any(context => context.Position == last.LastPosition), Ct);
        Assert.Equal(_recorder.Positions.Order(), _recorder.Positions);
    }

    [Fact]
    public async Task One_event_may_be_discarded_and_those_behind_it_be_replayed()
    {
        await HostAsync();
        await AppendAsync("bad", 3);
        await UntilParkedAsync(3);
        Assert.Equal(1, await Administration.DiscardParkedAsync(Name, (await ListAsync())[0].EventId, cancellationToken: Ct));
        _failing.Clear();
        await AppendAsync("good", 1);
        await WaitForHandledAsync("good", 1);
        Assert.Empty(Handled("bad"));

        await Administration.ReplayParkedAsync(Name, cancellationToken: Ct);
        await WaitForHandledAsync("bad", 2);
        Assert.Equal([2, 3], Handled("bad"));
    }

    [Fact]
    public async Task A_replay_asked_for_while_nobody_runs_the_subscription_is_carried_out_by_the_next_owner()
    {
        var first = await HostAsync();
        await AppendAsync("bad", 3);
        await UntilParkedAsync(3);
        await EndAsync(first);
        _failing.Clear();
        await Administration.ReplayParkedAsync(Name, cancellationToken: Ct);
        await AppendAsync("bad", 1, first: 4);
        await HostAsync();
        await WaitForHandledAsync("bad", 4);

        Assert.Equal([1, 2, 3, 4], Handled("bad"));
    }

    [Theory]
    [InlineData(ParkedEventHandling.Keep)]
    [InlineData(ParkedEventHandling.Discard)]
    public async Task A_rewind_keeps_or_discards_what_is_parked_as_it_is_told(ParkedEventHandling handling)
    {
        await HostAsync();
        await AppendAsync("bad", 2);
        await AppendAsync("good", 2);
        await WaitForHandledAsync("good", 2);
        await UntilParkedAsync(2);
        _failing.Clear();
        await Administration.RewindAsync(Name, 0, handling, cancellationToken: Ct);
        await WaitForHandledAsync("good", 4);
        Assert.Equal([1, 2, 1, 2], Handled("good"));
        if (handling is ParkedEventHandling.Keep)
        {
            Assert.Empty(Handled("bad"));
            Assert.Equal([1, 0], (await ListAsync()).Select(one => one.Attempts));
            await Administration.ReplayParkedAsync(Name, cancellationToken: Ct);
        }

        await WaitForHandledAsync("bad", 2);
        Assert.Equal([1, 2], Handled("bad"));
        await UntilParkedAsync(0);
    }

    [Fact]
    public async Task Partitions_park_and_replay_each_their_own()
    {
        for (var index = 0; index < 6; index++)
            _failing[$"bad-{index}"] = "poison";
        await HostAsync(options => options.Partitions = 3);
        for (var number = 1; number <= 3; number++)
        {
            for (var index = 0; index < 6; index++)
            {
                await AppendAsync($"bad-{index}", 1, number);
                await AppendAsync($"good-{index}", 1, number);
            }
        }

        await UntilParkedAsync(18);
        for (var index = 0; index < 6; index++)
            await WaitForHandledAsync($"good-{index}", 3);
        Assert.Equal(18, _recorder.Handled.Count);
        _failing.Clear();
        Assert.Equal(18, await Administration.ReplayParkedAsync(Name, cancellationToken: Ct));
        for (var index = 0; index < 6; index++)
        {
            await WaitForHandledAsync($"bad-{index}", 3);
            Assert.Equal([1, 2, 3], Handled($"bad-{index}"));
        }

        await UntilParkedAsync(0);
    }

    [Fact]
    public async Task A_stream_s_events_park_by_number()
    {
        await AppendAsync("bad", 1);
        await AppendAsync("list", 2);
        await Events.LinkAsync("list", 2, await ReadAsync("bad"), Ct);
        await HostAsync(options => options.Stream = "list");
        await WaitForHandledAsync("list", 2);
        await UntilAsync(async () => (await Administration.FindAsync(Name, "list", Ct))!.ParkedCount == 1);
        Assert.Equal((3L, "bad"), (await Administration.ListParkedAsync(Name, "list", Ct).ToListAsync(Ct)).Select(one => (one.Number, one.Key)).Single());
        await CheckpointReachesAsync(3);

        _failing.Clear();
        await Administration.ReplayParkedAsync(Name, stream: "list", cancellationToken: Ct);
        await WaitForHandledAsync("bad", 1);
        Assert.Equal(3, _recorder.Handled[^1].Event.Number);
    }

    [Fact]
    public async Task A_parked_event_that_was_removed_from_the_store_is_passed_over_when_it_is_replayed()
    {
        var process = await HostAsync(options => options.PartitionBy = _ => "everything");
        await AppendAsync("bad", 1);
        await AppendAsync("good", 1);
        await UntilParkedAsync(2);
        await Events.Streams.HardDeleteAsync("bad", 1, Ct);
        await Administration.ReplayParkedAsync(Name, cancellationToken: Ct);
        await WaitForHandledAsync("good", 1);

        Assert.Contains(process.Log.Lines, line => line.Level is LogLevel.Warning && line.Message.Contains("no longer exists", StringComparison.Ordinal));
        await UntilParkedAsync(0);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_parked_event_that_only_the_subscribed_stream_has_lost_stays_parked_and_says_so(bool isRemoved)
    {
        var bad = await AppendAsync("bad", 1);
        await AppendAsync("good", 1);
        await Events.LinkAsync("all-of-them", ExpectedVersion.Any, await ReadAllAsync(), Ct);
        var process = await HostAsync(options => options.Stream = "all-of-them");
        await UntilAsync(async () => (await Administration.FindAsync(Name, "all-of-them", Ct))?.ParkedCount == 1);
        if (isRemoved)
            await Events.Streams.HardDeleteAsync("all-of-them", 2, Ct);
        else
            await Events.Streams.TruncateAsync("all-of-them", 2, Ct);

        await Administration.ReplayParkedAsync(Name, stream: "all-of-them", cancellationToken: Ct);
        ParkedEvent? parked = null;
        await UntilAsync(async () => (parked = await Administration.ListParkedAsync(Name, "all-of-them", Ct).SingleAsync(Ct)) is { IsReplayRequested: false });
        Assert.Equal(bad.LastPosition, parked!.Position);
        Assert.Contains("no longer has event", parked.Error, StringComparison.Ordinal);
        Assert.DoesNotContain(process.Log.Lines, line => line.Message.Contains("no longer exists", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_replay_by_a_class_that_handles_the_type_no_longer_leaves_the_event_parked_and_says_why()
    {
        var first = Process(builder =>
        {
            builder.Services.AddSingleton(_recorder);
            builder.AddSubscriber<EveryHandler>(Name, options => options.MaxAttempts = 1);
        });
        _recorder.OnHandling = (context, _) => _failing.ContainsKey(context.StreamName.Value) ? throw new InvalidOperationException("poison") : Task.CompletedTask;
        await first.Host.StartAsync(Ct);
        var noted = new NewEvent(new Noted("not handled any more"));
        await Events.AppendManyAsync("bad", ExpectedVersion.Any, [noted, .. Numbered(1)], Ct);
        await UntilParkedAsync(2);
        await EndAsync(first);

        _failing.Clear();
        var second = await HostAsync();
        await Administration.ReplayParkedAsync(Name, cancellationToken: Ct);
        await second.Log.WaitForAsync(line => line.Level is LogLevel.Error && line.Message.Contains("doesn't handle", StringComparison.Ordinal), Ct);
        await UntilAsync(async () => (await ListAsync()).All(one => !one.IsReplayRequested));
        var parked = await ListAsync();

        Assert.Equal([(noted.EventId, 1), (parked[1].EventId, 0)], parked.Select(one => (one.EventId, one.Attempts)));
        Assert.Contains("doesn't handle it", parked[0].Error, StringComparison.Ordinal);
        Assert.Empty(_recorder.Handled);
        Assert.DoesNotContain(second.Log.Lines, line => line.Message.Contains("no longer exists", StringComparison.Ordinal));

        // What is discarded by name is out of the way of what the class does handle.
        Assert.Equal(1, await Administration.DiscardParkedAsync(Name, noted.EventId, cancellationToken: Ct));
        await Administration.ReplayParkedAsync(Name, cancellationToken: Ct);
        await WaitForHandledAsync("bad", 1);
        await UntilParkedAsync(0);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_replay_by_a_narrower_filter_leaves_the_event_parked_and_says_why(bool bySelector)
    {
        var first = await HostAsync(options => options.PartitionBy = @event => @event.EventId.ToString());
        await AppendAsync("bad", 2);
        await UntilParkedAsync(2);
        await EndAsync(first);

        _failing.Clear();
        await HostAsync(options =>
        {
            options.PartitionBy = @event => @event.EventId.ToString();
            if (bySelector)
                options.Selector = @event => @event.StreamName != "bad";
            else
                options.Filter = EventFilter.StreamPrefix("good");
        });
        await Administration.ReplayParkedAsync(Name, cancellationToken: Ct);
        await UntilAsync(async () => (await ListAsync()).All(one => one.Error?.Contains("no longer accepts the event", StringComparison.Ordinal) is true));

        Assert.Equal(2, (await ListAsync()).Count);
        Assert.Empty(_recorder.Handled);
    }

    [Fact]
    public async Task A_replay_never_takes_another_event_for_the_parked_one()
    {
        var process = await HostAsync(options => options.Stream = "bad");
        await AppendAsync("bad", 1);
        await UntilAsync(async () => (await Administration.FindAsync(Name, "bad", Ct))?.ParkedCount == 1);
        await Database.ExecuteAsync("UPDATE {parked_events} SET event_id = '00000000-0000-0000-0000-000000000001'");
        _failing.Clear();
        await Administration.ReplayParkedAsync(Name, stream: "bad", cancellationToken: Ct);
        await process.Log.WaitForAsync(line => line.Message.Contains("no longer exists", StringComparison.Ordinal), Ct);
        await UntilAsync(async () => (await Administration.FindAsync(Name, "bad", Ct))?.ParkedCount == 0);

        Assert.Empty(_recorder.Handled);
    }

    [Fact]
    public async Task A_replay_costs_what_it_replays_however_much_is_parked()
    {
        await HostAsync();
        var alone = await ReplayAsync(first: 1);

        // Of other keys, before those that are replayed.
        await Database.ExecuteAsync("""
            INSERT INTO {parked_events} (subscription_id, place, position, event_id, attempts, key)
            WITH RECURSIVE numbers (number) AS (SELECT 1 UNION ALL SELECT number + 1 FROM numbers WHERE number < 20000)
            SELECT s.id, -number, number, '00000000-0000-0000-0000-000000000001', 1, 'key-' || number
            FROM numbers CROSS JOIN {subscriptions} AS s
            """);
        var amongMany = await ReplayAsync(first: 201);

        // Looking at all keys after each event took twenty times as long.
        Assert.True(amongMany < alone * 6, $"200 events took {alone} alone, and {amongMany} among 20,000 parked ones.");

        async Task<TimeSpan> ReplayAsync(int first)
        {
            _failing["bad"] = "poison";
            await AppendAsync("bad", 200, first);
            await UntilAsync(async () => await Database.ScalarAsync<long>("SELECT count(*) FROM {parked_events} WHERE key = 'bad'") == 200);
            _failing.Clear();
            var before = Stopwatch.GetTimestamp();
            await Administration.ReplayParkedAsync(Name, "bad", cancellationToken: Ct);
            await WaitForHandledAsync("bad", first + 199);
            return Stopwatch.GetElapsedTime(before);
        }
    }

    [Fact]
    public async Task Ten_thousand_parked_keys_of_two_events_are_replayed_at_300_events_a_second_and_more()
    {
        const int Keys = 10_000;
        await EndAsync(await HostAsync());
        foreach (var streams in Enumerable.Range(0, Keys).Chunk(1000))
            await Events.AppendManyAsync([.. streams.Select(stream => new StreamAppend($"order-{stream}", ExpectedVersion.NoStream, Numbered(2)))], Ct);

        await Database.ExecuteAsync("UPDATE {subscriptions} SET position = (SELECT max(position) FROM {events})");
        await Database.ExecuteAsync("""
            INSERT INTO {parked_events} (subscription_id, place, position, event_id, attempts, key)
            SELECT s.id, e.position, e.position, e.event_id, 1, t.name
            FROM {events} AS e JOIN {streams} AS t ON t.id = e.stream_id CROSS JOIN {subscriptions} AS s
            """);
        var (handled, all) = (0, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        await HostAsync();
        _recorder.OnHandling = (_, _) =>
        {
            if (Interlocked.Increment(ref handled) == 2 * Keys)
                all.SetResult();

            return Task.CompletedTask;
        };
        var began = Stopwatch.GetTimestamp();
        await Administration.ReplayParkedAsync(Name, cancellationToken: Ct);
        await all.Task.WaitAsync(TimeSpan.FromSeconds(2 * Keys / 300), Ct);

        Assert.True(Stopwatch.GetElapsedTime(began) < TimeSpan.FromSeconds(2 * Keys / 300));
        await UntilParkedAsync(0);
    }

    private Task<TestStore> HostAsync(Action<SubscriberOptions>? configure = null)
    {
        _recorder.OnHandling = (context, _) => _failing.TryGetValue(context.StreamName.Value, out var why) ? throw new InvalidOperationException(why) : Task.CompletedTask;
        return HostAsync(_recorder, options =>
        {
            options.MaxAttempts = 1;
            options.CheckpointAfter = TimeSpan.FromMilliseconds(10);
            configure?.Invoke(options);
        });
    }

    private Task WaitForHandledAsync(string stream, int count)
        => _recorder.WaitAsync(handled => handled.Count(context => context.StreamName == stream) >= count, Ct);

    private IReadOnlyList<int> Handled(string stream) => [.. _recorder.Handled.Where(context => context.StreamName == stream).Select(context => context.Event.As<Numbered>().Number)];

    private async Task<List<ParkedEvent>> ListAsync() => await Administration.ListParkedAsync(Name, cancellationToken: Ct).ToListAsync(Ct);

    private Task UntilParkedAsync(int count) => UntilAsync(async () => (await Administration.FindAsync(Name, cancellationToken: Ct))?.ParkedCount == count);
}
