using System.Data.Common;

namespace EventStore.EF.Specification;

/// <summary>Subscriptions to one stream, whose places are the numbers in it.</summary>
public abstract class StreamSubscriptionSpecification(StoreFixture fixture) : RunningSuite(fixture)
{
    private static readonly StreamName Stream = "order-1";

    [Fact]
    public async Task It_delivers_its_stream_s_events_and_links_in_order_and_no_others()
    {
        await AppendAsync("other", 3, first: 10);
        await AppendAsync(Stream, 2);
        await Events.LinkAsync(Stream, 2, [(await ReadAsync("other"))[1]], Ct);
        await using var subscription = await SubscribeAsync();
        await AppendAsync("other", 1, first: 13);
        await AppendAsync(Stream, 1, first: 4);
        await Events.LinkAsync(Stream, 4, (await ReadAsync("other"))[^1..], Ct);

        var events = await subscription.HandleAsync(5);
        Assert.Equal([(1L, Stream, 1L, 1), (2, Stream, 2, 2), (3, "other", 2, 11), (4, Stream, 4, 4), (5, "other", 4, 13)],
            events.Select(@event => (@event.Number, @event.StreamName, @event.StreamVersion, @event.As<Numbered>().Number)));
    }

    [Fact]
    public async Task Its_checkpoint_counts_numbers_and_it_goes_on_after_it()
    {
        await AppendAsync("other", 5);
        await AppendAsync(Stream, 3);
        await Events.LinkAsync(Stream, 3, [(await ReadAsync("other"))[0]], Ct);
        await using (var subscription = await SubscribeAsync(new() { BatchSize = 1 }))
            await subscription.HandleAsync(2);
        Assert.Equal(2, await CheckpointAsync());

        await using (var subscription = await SubscribeAsync(new() { BatchSize = 1 }))
        {
            var events = await subscription.TakeAsync(2);
            Assert.Equal([3L, 4L], events.Select(@event => @event.Number));

            // A link is acknowledged by its number here, whatever its number at home.
            await subscription.AckAsync(events[1], Ct);
        }

        Assert.Equal(4, await CheckpointAsync());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_stream_that_does_not_exist_yet_is_waited_for(bool isDurable)
    {
        await using var subscription = isDurable ? await SubscribeAsync() : await Events.SubscribeTransientAsync(new() { Stream = Stream }, Ct);
        await subscription.AssertNothingAsync(async () => await AppendAsync("other", 1));
        await AppendAsync(Stream, 2);
        Assert.Equal([1, 2], (await subscription.HandleAsync(2)).Numbers());
    }

    [Fact]
    public async Task It_begins_after_a_number_or_at_the_current_end_and_not_beyond()
    {
        await AppendAsync("other", 10);
        await AppendAsync(Stream, 3);
        await using var after = await SubscribeAsync(new() { Start = SubscriptionStart.After(1) }, "after");
        await using var current = await SubscribeAsync(new() { Start = SubscriptionStart.Current }, "current");
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => SubscribeAsync(new() { Start = SubscriptionStart.After(4) }, "beyond"));
        await AppendAsync(Stream, 1, first: 4);

        Assert.Equal([2, 3, 4], (await after.HandleAsync(3)).Numbers());
        Assert.Equal([4], (await current.HandleAsync(1)).Numbers());
    }

    [Fact]
    public async Task Filters_hold_and_what_they_leave_out_counts_as_finished()
    {
        await AppendAsync(Stream, 2);
        await Events.AppendAsync(Stream, 2, new Noted("nobody's"), cancellationToken: Ct);
        await using var subscription = await SubscribeAsync(new() { Filter = EventFilter.Types("specification-numbered"), CheckpointAfter = TimeSpan.FromMilliseconds(10) });
        await subscription.HandleAsync(2);
        await CheckpointReachesAsync(3);
        await Events.AppendAsync(Stream, 3, new Noted("nobody's"), cancellationToken: Ct);
        await CheckpointReachesAsync(4);
        await AppendAsync(Stream, 1, first: 5);
        Assert.Equal([5], (await subscription.HandleAsync(1)).Numbers());
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 3)]
    [InlineData(1000, 500)]
    public async Task It_keeps_up_while_many_append_and_link_at_once(int buffer, int page)
    {
        await AppendAsync("other", 40);
        var others = (await ReadAsync("other")).Select(@event => @event.EventId).ToArray();
        await using var subscription = await SubscribeAsync(new() { BufferSize = buffer, PageSize = page, BatchSize = 3, CheckpointEvery = 5 });
        var writing = AtOnceAsync(4, async caller =>
        {
            for (var number = 0; number < 10; number++)
            {
                await AppendAsync(Stream, 1);
                await Events.LinkAsync(Stream, ExpectedVersion.Any, [others[(10 * caller) + number]], Ct);
            }

            return caller;
        });
        var events = await subscription.HandleAsync(80);
        Assert.All(await writing, outcome => Assert.Null(outcome.Exception));

        Assert.Equal(Enumerable.Range(1, 80), events.Select(@event => (int)@event.Number));
        Assert.Equal((await ReadAsync(Stream)).Select(@event => @event.EventId), events.Select(@event => @event.EventId));
    }

    [Fact]
    public async Task Hundreds_of_streams_are_watched_at_once()
    {
        var subscriptions = new List<IEventSubscription>();
        for (var index = 0; index < 100; index++)
            subscriptions.Add(await Events.SubscribeTransientAsync(new() { Stream = $"order-{index % 50}" }, Ct));
        for (var index = 0; index < 50; index++)
            await AppendAsync($"order-{index}", 1, index);

        foreach (var (index, subscription) in subscriptions.Index())
            Assert.Equal([index % 50], (await subscription.HandleAsync(1)).Numbers());
    }

    [Fact]
    public async Task A_deleted_stream_is_refused_and_nothing_is_made()
    {
        await AppendAsync(Stream, 2);
        await Events.Streams.DeleteAsync(Stream, 2, Ct);

        await Assert.ThrowsAsync<StreamDeletedException>(() => SubscribeAsync());
        await Assert.ThrowsAsync<StreamDeletedException>(() => Events.SubscribeTransientAsync(new() { Stream = Stream }, Ct));
        Assert.Equal(0, await Database.ScalarAsync<long>("SELECT count(*) FROM {subscriptions}"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_stream_that_is_deleted_later_ends_it_with_an_exception_that_says_so(bool isDurable)
    {
        await AppendAsync(Stream, 2);
        await using var subscription = isDurable ? await SubscribeAsync() : await Events.SubscribeTransientAsync(new() { Stream = Stream, Start = SubscriptionStart.Origin }, Ct);
        await subscription.HandleAsync(2);
        await Process().Events.Streams.DeleteAsync(Stream, 2, Ct);

        Assert.Equal(Stream, (await subscription.EndsWithAsync<StreamDeletedException>()).Stream);
        await subscription.EndsWithAsync<StreamDeletedException>();
    }

    [Fact]
    public async Task After_an_undelete_it_is_subscribed_to_again_and_goes_on_after_its_checkpoint()
    {
        await AppendAsync(Stream, 3);
        await using (var subscription = await SubscribeAsync(new() { BatchSize = 1 }))
        {
            await subscription.HandleAsync(2);
            await Events.Streams.DeleteAsync(Stream, 3, Ct);
            await subscription.EndsWithAsync<StreamDeletedException>();
        }

        Assert.Equal(2, await CheckpointAsync());
        await Events.Streams.UndeleteAsync(Stream, Ct);
        await using var again = await SubscribeAsync();
        await AppendAsync(Stream, 1, first: 4);
        Assert.Equal([3, 4], (await again.HandleAsync(2)).Numbers());
    }

    [Fact]
    public async Task A_host_s_subscriber_goes_on_by_itself_after_an_undelete()
    {
        var recorder = new Recorder();
        await AppendAsync(Stream, 2);
        var process = await HostAsync(recorder, options => options.Stream = Stream);
        await recorder.WaitForAsync(2, Ct);
        await Events.Streams.DeleteAsync(Stream, 2, Ct);
        await process.Log.WaitForAsync(line => line.Exception is StreamDeletedException, Ct);
        await Events.Streams.UndeleteAsync(Stream, Ct);
        await AppendAsync(Stream, 1, first: 3);
        await recorder.WaitForAsync(3, Ct);

        Assert.Equal([1L, 2L, 3L], recorder.Handled.Select(context => context.StreamVersion));
    }

    [Theory]
    [InlineData(2)]
    [InlineData(5)]
    [InlineData(8)]
    public async Task A_stream_that_is_removed_and_made_anew_is_begun_again_while_it_runs(int again)
    {
        await AppendAsync(Stream, 5);
        await using var subscription = await SubscribeAsync();
        await using var transient = await Events.SubscribeTransientAsync(new() { Stream = Stream }, Ct);
        await subscription.HandleAsync(5);
        await Events.Streams.HardDeleteAsync(Stream, 5, Ct);
        await subscription.AssertNothingAsync(async () => await AppendAsync("other", 1));
        await AppendAsync(Stream, again, first: 11);

        foreach (var reading in (IEventSubscription[])[subscription, transient])
        {
            var events = await reading.HandleAsync(again);
            Assert.Equal(Enumerable.Range(11, again), events.Numbers());
            Assert.Equal(Enumerable.Range(1, again), events.Select(@event => (int)@event.Number));
        }

        await subscription.DisposeAsync();
        Assert.Equal(again, await CheckpointAsync());
    }

    [Fact]
    public async Task What_was_truncated_is_passed_over()
    {
        await AppendAsync(Stream, 6);
        await using var behind = await SubscribeAsync(new() { BatchSize = 1, BufferSize = 1, PageSize = 1 }, "behind");
        await behind.HandleAsync(1);
        await behind.TakeAsync(1);
        await Events.Streams.TruncateAsync(Stream, 5, Ct);
        await using var subscription = await SubscribeAsync();
        await AppendAsync(Stream, 1, first: 7);
        Assert.Equal([5, 6, 7], (await subscription.HandleAsync(3)).Numbers());

        // One that is in the middle of it goes on with what is left.
        await behind.DisposeAsync();
        await using var next = await SubscribeAsync(null, "behind");
        Assert.Equal([5, 6, 7], (await next.HandleAsync(3)).Numbers());
    }

    [Fact]
    public async Task It_passes_over_the_gap_of_a_version_that_was_raised_and_nothing_is_appended_there_later()
    {
        await AppendAsync(Stream, 2);
        await Database.ExecuteAsync("UPDATE {streams} SET version = 100 WHERE name = 'order-1'");
        await using var subscription = await SubscribeAsync(new() { CheckpointAfter = TimeSpan.FromMilliseconds(10) });
        await subscription.HandleAsync(2);
        await CheckpointReachesAsync(100);

        await Assert.ThrowsAnyAsync<DbException>(() => Database.ExecuteAsync("UPDATE {streams} SET version = 2 WHERE name = 'order-1'"));
        await AppendAsync(Stream, 1, first: 3);
        Assert.Equal([(101L, 3)], (await subscription.HandleAsync(1)).Select(@event => (@event.Number, @event.As<Numbered>().Number)));
    }

    private Task<IEventSubscription> SubscribeAsync(ConsumerOptions? options = null, string? name = null)
    {
        options ??= new();
        options.Stream = Stream;
        return Events.SubscribeAsync(name ?? Name, options, Ct);
    }
}
