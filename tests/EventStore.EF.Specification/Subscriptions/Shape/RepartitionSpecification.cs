using System.Diagnostics;
using EventStore.EF.Schema;
using EventStore.EF.Subscriptions.Definitions;
using EventStore.EF.Subscriptions.Leases;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace EventStore.EF.Specification;

/// <summary>The number of a subscription's partitions is changed, and the progress of every key is kept.</summary>
public abstract class RepartitionSpecification(StoreFixture fixture) : RunningSuite(fixture)
{
    private const int Streams = 12;

    private ISubscriptionAdministration Administration => Events.Subscriptions;

    [Fact]
    public async Task A_paused_subscription_gets_every_event_once_and_in_order_through_changes_of_the_number_while_events_are_appended()
    {
        const int Each = 250;
        var handled = new List<(string Stream, int Number)>();
        var appending = Task.Run(() => AppendAllAsync(1, Each), Ct);
        var (partitions, changes) = (1, (int[])[4, 3, 1]);
        for (var change = 0; ; change++)
        {
            TestStore[] hosts = [await StartAsync(partitions), await StartAsync(partitions)];
            if (change > 0)
                await Administration.ResumeAsync(Name, cancellationToken: Ct);

            if (change == changes.Length)
                break;

            var enough = Streams * Each * (change + 1) / (changes.Length + 1);
            await UntilAsync(() => Count(handled) >= enough);
            await Administration.PauseAsync(Name, cancellationToken: Ct);
            await UntilAsync(async () => await Database.ScalarAsync<long>("SELECT count(owner) FROM {subscriptions}") == 0);
            await Administration.RepartitionAsync(Name, partitions = changes[change], cancellationToken: Ct);
            foreach (var host in hosts)
                await EndAsync(host);
        }

        await appending;
        await UntilAsync(() => Count(handled) >= Streams * Each);
        await CheckpointReachesAsync((await ReadAllAsync())[^1].Position);
        AssertEachOnceInOrder(handled, Each);

        Task<TestStore> StartAsync(int number) => HostAsync(
            NotingIn(handled), options => (options.Partitions, options.PageSize) = (number, 50));
    }

    [Fact]
    public async Task Running_owners_lose_it_at_once_and_nothing_is_passed_over()
    {
        const int Each = 60;
        var handled = new List<(string Stream, int Number)>();
        var appending = Task.Run(() => AppendAllAsync(1, Each), Ct);
        TestStore[] old = [];
        foreach (var partitions in (int[])[2, 5, 3, 1])
        {
            if (old.Length > 0)
                await Administration.RepartitionAsync(Name, partitions, cancellationToken: Ct);

            TestStore[] hosts = [await StartAsync(partitions), await StartAsync(partitions)];
            var enough = Count(handled) + (Streams * 5);
            await UntilAsync(() => Count(handled) >= enough || appending.IsCompleted);
            foreach (var host in old)
                await EndAsync(host);

            old = hosts;
        }

        await appending;
        await CheckpointReachesAsync((await ReadAllAsync())[^1].Position);
        lock (handled)
            AssertEachOnceInOrder(handled.Distinct(), Each);

        Task<TestStore> StartAsync(int number) => HostAsync(
            NotingIn(handled), options => (options.Partitions, options.CheckpointEvery) = (number, 10));
    }

    [Fact]
    public async Task What_the_other_partitions_have_finished_is_not_delivered_again_when_one_of_them_stands_still()
    {
        var stuck = $"order-{Enumerable.Range(0, Streams).First(stream => PartitionKey.PartitionOf($"order-{stream}", 0, 2) == 0)}";
        var handled = new List<(string Stream, int Number)>();
        var old = await HostAsync(
            new()
            {
                OnHandling = (context, _) => context.StreamName.Value == stuck && context.StreamVersion > 3
                    ? Task.FromException(new InvalidOperationException("Stuck."))
                    : Note(handled, context),
            },
            options =>
            {
                (options.Partitions, options.CheckpointEvery) = (2, 1);
                (options.MaxAttempts, options.MaxRetryDelay) = (int.MaxValue, TimeSpan.FromMilliseconds(2));
            });
        await AppendAllAsync(1, 10);
        var stored = await ReadAllAsync();
        var (behind, head) = (stored.Find(@event => @event.StreamName.Value == stuck && @event.StreamVersion == 4)!.Position - 1, stored[^1].Position);
        await UntilAsync(async () => (await PositionAsync(0), await PositionAsync(1)) == (behind, head) && (await InfoAsync()).LastError is not null);
        var before = handled.ToArray();
        await Administration.RepartitionAsync(Name, 3, cancellationToken: Ct);

        var info = await InfoAsync();
        Assert.Equal((3, behind), (info.Partitions.Count, info.Position));
        Assert.NotNull(info.LastError);
        await Assert.ThrowsAsync<SubscriptionTimeoutException>(() => Administration.WaitForAsync(Name, head, TimeSpan.Zero, cancellationToken: Ct));
        await EndAsync(old);

        var again = new List<(string Stream, int Number)>();
        await HostAsync(NotingIn(again), options => options.Partitions = 3);
        await Administration.WaitForAsync(Name, head, TimeSpan.FromSeconds(30), cancellationToken: Ct);
        AssertEachOnceInOrder(before.Concat(again), 10);
        Assert.Contains((stuck, 4), again);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Several_changes_in_a_row_keep_what_each_partition_had_finished_in_between(int seed)
    {
        var random = new Random(seed);
        await using (await Events.SubscribeAsync(Name, new() { Partitions = 4, PartitionBy = KeyOf }, Ct))
        {
        }

        await AppendAllAsync(1, 8);
        var stored = await ReadAllAsync();
        var finished = new HashSet<long>();
        int[] numbers = [4, 1 + random.Next(6), 1 + random.Next(6), 1 + random.Next(6), 3];
        for (var change = 0; ; change++)
        {
            var lowest = await CheckpointAsync();
            for (var partition = 0; partition < numbers[change]; partition++)
            {
                var position = random.NextInt64(lowest, stored[^1].Position + 1) * (random.Next(3) > 0 ? 1 : 0);
                position = Math.Max(position, lowest);
                await Database.ExecuteAsync($"UPDATE {{subscriptions}} SET position = {position} WHERE \"partition\" = {partition}");
                var passed = stored.Where(@event => @event.Position <= position);
                var own = passed.Where(@event => PartitionKey.PartitionOf(KeyOf(@event), @event.Position, numbers[change]) == partition);
                finished.UnionWith(own.Select(@event => @event.Position));
            }

            if (change == numbers.Length - 1)
                break;

            await Administration.RepartitionAsync(Name, numbers[change + 1], cancellationToken: Ct);
        }

        var expected = stored.Select(@event => @event.Position).Except(finished).ToArray();
        await using var subscription = await Events.SubscribeAsync(Name, new() { Partitions = 3, PartitionBy = KeyOf }, Ct);
        Assert.Equal(expected, (await subscription.HandleAsync(expected.Length)).Select(@event => @event.Position).Order());
        await AppendAsync("last", 1);
        Assert.Equal("last", (await subscription.HandleAsync(1))[0].StreamName.Value);

        // Some events have no key, and are spread by their positions.
        static string? KeyOf(RecordedEvent @event) => @event.As<Numbered>().Number % 4 == 0 ? null : @event.StreamName.Value;
    }

    [Fact]
    public async Task Parked_events_move_to_the_partitions_of_their_keys_and_are_replayed_in_order()
    {
        var isMended = false;
        var handled = new List<(string Stream, int Number)>();
        var recorder = new Recorder
        {
            OnHandling = (context, _) => Volatile.Read(ref isMended)
                ? Note(handled, context)
                : Task.FromException(new InvalidOperationException("Not yet.")),
        };
        var old = await HostAsync(recorder, options => (options.Partitions, options.MaxAttempts) = (4, 1));
        await AppendAllAsync(1, 5);
        await UntilAsync(async () => await ParkedAsync() == Streams * 5);
        await Administration.RepartitionAsync(Name, 3, cancellationToken: Ct);
        await AssertParkedInTheirPartitionsAsync(3);
        await EndAsync(old);

        Volatile.Write(ref isMended, true);
        await HostAsync(recorder, options => options.Partitions = 3);
        await AppendAllAsync(6, 6);
        await UntilAsync(async () => await ParkedAsync() == Streams * 6);
        Assert.Equal(Streams * 6, await Administration.ReplayParkedAsync(Name, cancellationToken: Ct));
        await UntilAsync(async () => await ParkedAsync() == 0);
        AssertEachOnceInOrder(handled, 6);
    }

    [Fact]
    public async Task Ten_thousand_parked_keys_move_in_seconds()
    {
        await using (await Events.SubscribeAsync(Name, new() { Partitions = 4 }, Ct))
        {
        }

        await ParkAsync("'key-' || i", 1, 10_000);
        await ParkAsync("'one'", 10_001, 15_000);
        var began = Stopwatch.GetTimestamp();
        await Administration.RepartitionAsync(Name, 7, cancellationToken: Ct);
        var took = Stopwatch.GetElapsedTime(began);

        TestContext.Current.TestOutputHelper?.WriteLine($"15,000 events of 10,001 keys moved in {took.TotalMilliseconds:N0} ms.");
        Assert.InRange(took, TimeSpan.Zero, TimeSpan.FromSeconds(10));
        Assert.Equal(15_000, await ParkedAsync());
        await AssertParkedInTheirPartitionsAsync(7);
        await Administration.RepartitionAsync(Name, 1, cancellationToken: Ct);
        Assert.Equal(15_000, await ParkedAsync());

        Task ParkAsync(string key, int first, int last) => Database.ExecuteAsync($$"""
            INSERT INTO {parked_events} (subscription_id, key, place, event_id, position, attempts)
            WITH RECURSIVE numbers (i) AS (SELECT {{first}} UNION ALL SELECT i + 1 FROM numbers WHERE i < {{last}})
            SELECT (SELECT id FROM {subscriptions} WHERE "partition" = i % 4), {{key}}, i, '00000000-0000-0000-0000-000000000001', i, 1
            FROM numbers
            """);
    }

    [Fact]
    public async Task An_event_that_two_partitions_have_parked_under_different_keys_is_kept_once()
    {
        await using (await Events.SubscribeAsync(Name, new() { Partitions = 2 }, Ct))
        {
        }

        foreach (var partition in (int[])[0, 1])
        {
            await Database.ExecuteAsync($$"""
                INSERT INTO {parked_events} (subscription_id, key, place, event_id, position, attempts)
                SELECT id, 'key-{{partition}}', 7, '00000000-0000-0000-0000-000000000001', 7, 1
                FROM {subscriptions}
                WHERE "partition" = {{partition}}
                """);
        }

        await Administration.RepartitionAsync(Name, 1, cancellationToken: Ct);
        Assert.Equal("key-1", Assert.Single(await Administration.ListParkedAsync(Name, cancellationToken: Ct).ToListAsync(Ct)).Key);
    }

    [Fact]
    public async Task A_rewind_afterwards_delivers_everything_again()
    {
        await AppendAllAsync(1, 3);
        await using (var old = await Events.SubscribeAsync(Name, new() { Partitions = 2 }, Ct))
            await old.HandleAsync(Streams * 3);

        await Database.ExecuteAsync("UPDATE {subscriptions} SET position = 0 WHERE \"partition\" = 0");
        await Administration.RepartitionAsync(Name, 3, cancellationToken: Ct);
        await Administration.RewindAsync(Name, 0, ParkedEventHandling.Keep, cancellationToken: Ct);
        await using var subscription = await Events.SubscribeAsync(Name, new() { Partitions = 3 }, Ct);
        AssertEachOnceInOrder((await subscription.HandleAsync(Streams * 3)).Select(Of), 3);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_stream_s_subscription_keeps_the_progress_of_its_keys_and_begins_again_with_another_stream_of_the_name(bool changesAgain)
    {
        var options = new ConsumerOptions { Stream = "order-1", Partitions = 2, PartitionBy = KeyOf, BatchSize = 1 };
        await AppendAsync("order-1", 40);
        await using (await Events.SubscribeAsync(Name, options, Ct))
        {
        }

        await Database.ExecuteAsync("UPDATE {subscriptions} SET position = 10 + 20 * \"partition\"");
        await Administration.RepartitionAsync(Name, 3, "order-1", Ct);
        var expected = Enumerable.Range(1, 40)
            .Where(number => number > (PartitionKey.PartitionOf($"{number % 5}", number, 2) == 0 ? 10 : 30)).ToArray();
        options.Partitions = 3;
        await using (var subscription = await Events.SubscribeAsync(Name, options, Ct))
            Assert.Equal(expected, (await subscription.HandleAsync(expected.Length)).Numbers().Order());

        // What was finished of the old stream is nothing of the new one.
        await Database.ExecuteAsync("UPDATE {subscriptions} SET position = 20 WHERE \"partition\" = 2");
        await Administration.RepartitionAsync(Name, options.Partitions = 2, "order-1", Ct);
        await Events.Streams.HardDeleteAsync("order-1", ExpectedVersion.Any, Ct);
        await AppendAsync("order-1", 30);
        if (changesAgain)
            await Administration.RepartitionAsync(Name, options.Partitions = 4, "order-1", Ct);

        var handled = new List<RecordedEvent>();
        foreach (var count in (int[])[10, 20])
        {
            await using var again = await Events.SubscribeAsync(Name, options, Ct);
            handled.AddRange(await again.HandleAsync(count));
        }

        Assert.Equal(Enumerable.Range(1, 30), handled.Numbers().Order());

        static string KeyOf(RecordedEvent @event) => $"{@event.As<Numbered>().Number % 5}";
    }

    [Fact]
    public async Task A_consumer_ends_with_an_exception_that_says_what_happened_and_what_to_set()
    {
        await AppendAllAsync(1, 1);
        await using var subscription = await Process().Events.SubscribeAsync(Name, new() { Partitions = 2, BatchSize = 1 }, Ct);
        await using var standby = await Process().Events.SubscribeAsync(Name, new() { Partitions = 2, StandBy = true }, Ct);
        var batch = await subscription.NextAsync();
        await Administration.RepartitionAsync(Name, 5, cancellationToken: Ct);

        var ended = await subscription.EndsWithAsync<SubscriptionRepartitionedException>();
        Assert.Equal((Name, 2, 5), (ended.Name, ended.Configured, ended.Partitions));
        Assert.Contains("Set SubscriptionOptions.Partitions to 5", ended.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<SubscriptionRepartitionedException>(async () => await subscription.AckAsync(batch, Ct));
        await standby.EndsWithAsync<SubscriptionRepartitionedException>();
        await using var next = await Events.SubscribeAsync(Name, new() { Partitions = 5 }, Ct);
        Assert.Equal(Streams, (await next.HandleAsync(Streams)).Count);
    }

    [Fact]
    public async Task Hosted_classes_of_the_old_number_end_say_so_once_and_leave_the_subscription_to_those_of_the_new_one()
    {
        var (first, second, recorder) = (new Recorder(), new Recorder(), new Recorder());
        TestStore[] old =
        [
            await HostAsync(first, options => options.Partitions = 4),
            await HostAsync(second, options => options.Partitions = 4),
        ];
        await AppendAllAsync(1, 1);
        await UntilAsync(() => first.Handled.Count + second.Handled.Count == Streams);
        await CheckpointReachesAsync((await ReadAllAsync())[^1].Position);
        await Administration.RepartitionAsync(Name, 2, cancellationToken: Ct);
        foreach (var host in old)
            await host.Log.WaitForAsync(line => line.Message.Contains("now has 2 partitions", StringComparison.Ordinal), Ct);

        await HostAsync(recorder, options => options.Partitions = 2);
        await AppendAllAsync(2, 2);
        await recorder.WaitForAsync(Streams, Ct);
        Assert.All(old, host => Assert.Single(host.Log.Lines, line => line.Level > LogLevel.Information));
        Assert.Equal(Streams, first.Handled.Count + second.Handled.Count);
    }

    [Fact]
    public async Task A_host_that_starts_with_another_number_is_refused_before_it_changes_anything()
    {
        await EndAsync(await HostAsync(new(), options => options.Partitions = 3));
        var before = await Database.ScalarAsync<long>("SELECT sum(definition) FROM {subscriptions}");
        var refused = await Assert.ThrowsAsync<InvalidOperationException>(() => HostAsync(
            new(), options => options.Partitions = 2, builder => builder.AddSubscriber<EveryHandler>("others")));
        Assert.Contains("has 3 partitions in the store", refused.Message, StringComparison.Ordinal);
        Assert.Contains("SubscriptionOptions.Partitions is 2", refused.Message, StringComparison.Ordinal);
        Assert.Contains("RepartitionAsync(\"orders\", 2)", refused.Message, StringComparison.Ordinal);
        Assert.Equal(3, await Database.ScalarAsync<int>("SELECT count(*) FROM {subscriptions}"));
        Assert.Equal(before, await Database.ScalarAsync<long>("SELECT sum(definition) FROM {subscriptions}"));
    }

    [Fact]
    public async Task The_same_number_changes_nothing_and_what_can_t_be_is_refused()
    {
        await using (await Events.SubscribeAsync(Name, new() { Partitions = 3 }, Ct))
        {
            await UntilAsync(async () => await Database.ScalarAsync<long>("SELECT count(owner) FROM {subscriptions}") == 3);
            var epochs = await EpochsAsync();
            await Administration.RepartitionAsync(Name, 3, cancellationToken: Ct);
            Assert.Equal(epochs, await EpochsAsync());
        }

        var missing = await Assert.ThrowsAsync<SubscriptionNotFoundException>(() => Administration.RepartitionAsync("missing", 3, cancellationToken: Ct));
        Assert.Equal("missing", missing.Name.Value);
        await Assert.ThrowsAsync<SubscriptionNotFoundException>(() => Administration.RepartitionAsync(Name, 3, "order-1", Ct));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>("partitions", () => Administration.RepartitionAsync(Name, 0, cancellationToken: Ct));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>("partitions", () => Administration.RepartitionAsync(Name, 1001, cancellationToken: Ct));
        await Administration.RepartitionAsync(Name, 1000, cancellationToken: Ct);
        Assert.Equal(1000, (await InfoAsync()).Partitions.Count);

        Task<long> EpochsAsync() => Database.ScalarAsync<long>("SELECT sum(epoch) FROM {subscriptions}");
    }

    [Fact]
    public async Task Changes_of_the_number_the_definition_and_the_place_at_once_leave_every_partition_alike()
    {
        await EndAsync(await HostAsync(new(), options => options.Partitions = 4));
        var processes = Enumerable.Range(0, 12).Select(_ => Process()).ToArray();
        var results = await AtOnceAsync(12, async index =>
        {
            if (index % 3 == 0)
                await Administration.RepartitionAsync(Name, 2 + (index % 5), cancellationToken: Ct);
            else if (index % 3 == 1)
                await Administration.RewindAsync(Name, 0, ParkedEventHandling.Keep, cancellationToken: Ct);
            else
                await DeclareAsync(processes[index], HandledTypes.Of([($"type-{index}", 1)]));

            return true;
        });

        Assert.All(results, result => Assert.Null(result.Exception));
        var count = await NumberAsync("count(*)");
        Assert.Equal(1, await NumberAsync("count(DISTINCT definition)"));
        Assert.Equal(1, await NumberAsync("count(DISTINCT handles)"));
        Assert.Equal((count, count), (await NumberAsync("max(partitions)"), await NumberAsync("max(\"partition\") + 1")));
        var info = await InfoAsync();
        Assert.Superset(((int[])[2, 5, 8, 11]).Select(index => $"type-{index}").ToHashSet(), info.Handles!.ToHashSet());

        Task<long> NumberAsync(string what) => Database.ScalarAsync<long>($"SELECT {what} FROM {{subscriptions}}");

        static Task<bool> DeclareAsync(TestStore process, HandledTypes handles)
            => process.Host.Services.GetRequiredService<LeaseCoordinator>().Definitions.DeclareAsync(
                new(Name, EventStoreModel.All, 0), "Handler", handles, [], SubscriptionStart.Origin, 4, Ct);
    }

    private static (string Stream, int Number) Of(RecordedEvent @event) => (@event.StreamName.Value, @event.As<Numbered>().Number);

    private static int Count(List<(string Stream, int Number)> handled)
    {
        lock (handled)
            return handled.Count;
    }

    private static Recorder NotingIn(List<(string Stream, int Number)> handled)
        => new() { OnHandling = (context, _) => Note(handled, context) };

    private static Task Note(List<(string Stream, int Number)> handled, EventContext context)
    {
        lock (handled)
            handled.Add(Of(context.Event));

        return Task.CompletedTask;
    }

    private static void AssertEachOnceInOrder(IEnumerable<(string Stream, int Number)> handled, int each)
    {
        var keys = handled.GroupBy(one => one.Stream).ToArray();
        Assert.Equal(Streams, keys.Length);
        Assert.All(keys, key => Assert.Equal(Enumerable.Range(1, each), key.Select(one => one.Number)));
    }

    private async Task AppendAllAsync(int first, int last)
    {
        for (var number = first; number <= last; number++)
        {
            for (var stream = 0; stream < Streams; stream++)
                await AppendAsync($"order-{stream}", 1, number);
        }
    }

    private async Task<SubscriptionInfo> InfoAsync() => (await Administration.FindAsync(Name, cancellationToken: Ct))!;

    private Task<long> PositionAsync(int partition)
        => Database.ScalarAsync<long>($"SELECT position FROM {{subscriptions}} WHERE \"partition\" = {partition}");

    private Task<int> ParkedAsync() => Database.ScalarAsync<int>("SELECT count(*) FROM {parked_events}");

    private async Task AssertParkedInTheirPartitionsAsync(int partitions)
    {
        await using var context = await Store.CreateContextAsync();
        var rows = await (
            from parked in context.ParkedEvents
            join subscription in context.Subscriptions on parked.SubscriptionId equals subscription.Id
            select new { parked.Key, subscription.Partition }).ToListAsync(Ct);
        Assert.All(rows, row => Assert.Equal(PartitionKey.PartitionOf(row.Key, 0, partitions), row.Partition));
    }
}
