using System.Globalization;
using System.Runtime.InteropServices;

namespace EventStore.EF.Specification;

/// <summary>What is read and delivered is bounded in bytes, not only in events: large events make small pages.</summary>
public abstract class MemoryLimitsSpecification(StoreFixture fixture) : OwnDatabaseSpecification(fixture)
{
    private const int PageBytes = 20_000;

    [Theory]
    [InlineData(ReadDirection.Forward)]
    [InlineData(ReadDirection.Backward)]
    public async Task Every_event_is_read_whatever_the_limit_cuts(ReadDirection direction)
    {
        await using var store = Small();
        var stream = NewStream();
        int[] sizes = [1, 9_000, 2_000, 1, 30_000, 1, 1, 10_000, 10_001, 5, 3_000, 3_000, 3_000, 3_000, 1];
        await store.Events.AppendManyAsync(stream, ExpectedVersion.NoStream, [.. sizes.Select(size => new NewEvent(new Noted(new('x', size))))], Ct);
        var expected = direction is ReadDirection.Forward ? sizes : [.. sizes.Reverse()];
        foreach (var pageSize in (int[])[1, 2, 3, 1000])
        {
            foreach (var filter in (EventFilter[])[EventFilter.All, EventFilter.Types("specification-noted")])
            {
                ReadOptions all = new() { Direction = direction, PageSize = pageSize, Filter = filter };
                Assert.Equal(expected, await SizesAsync(store.Events.ReadStreamAsync(stream, all, Ct)));
                Assert.Equal(expected, await SizesAsync(store.Events.ReadAllAsync(all, Ct)));

                ReadOptions four = new() { Direction = direction, PageSize = pageSize, Filter = filter, MaxCount = 4 };
                Assert.Equal(expected.Take(4), await SizesAsync(store.Events.ReadStreamAsync(stream, four, Ct)));
                Assert.Equal(expected.Take(4), await SizesAsync(store.Events.ReadAllAsync(four, Ct)));
            }
        }
    }

    [Fact]
    public async Task Large_events_that_a_filter_leaves_out_cut_nothing_away()
    {
        await using var store = Small();
        var stream = NewStream();
        NewEvent[] events = [.. Enumerable.Range(1, 30).Select(number => new NewEvent(number % 3 == 0 ? new Numbered(number) : new Noted(new('x', 900 * number))))];
        await store.Events.AppendManyAsync(stream, ExpectedVersion.NoStream, events, Ct);
        foreach (var pageSize in (int[])[1, 2, 3, 1000])
        {
            ReadOptions options = new() { PageSize = pageSize, Filter = EventFilter.Types("specification-numbered") };
            Assert.Equal(Enumerable.Range(1, 10).Select(number => 3 * number), (await ToListAsync(store.Events.ReadStreamAsync(stream, options, Ct))).Select(@event => @event.As<Numbered>().Number));
            Assert.Equal(Enumerable.Range(1, 10).Select(number => 3 * number), (await ToListAsync(store.Events.ReadAllAsync(options, Ct))).Select(@event => @event.As<Numbered>().Number));
        }
    }

    [Fact]
    public async Task Linked_and_own_events_of_a_stream_count_alike()
    {
        await using var store = Small();
        var (source, target) = (NewStream(), NewStream());
        var links = new List<NewEvent>(Enumerable.Range(0, 9).Select(number => new NewEvent(new Noted(new('x', 4_000 + number)))));
        await store.Events.AppendManyAsync(source, ExpectedVersion.NoStream, links, Ct);
        await store.Events.AppendManyAsync(target, ExpectedVersion.NoStream, [new(new Noted(new('x', 9_999))), new(new Noted("x"))], Ct);
        await store.Events.LinkAsync(target, ExpectedVersion.Any, [.. links.Select(link => link.EventId)], Ct);
        await store.Events.AppendManyAsync(target, ExpectedVersion.Any, [new(new Noted(new('x', 20_000))), new(new Noted("x"))], Ct);
        int[] expected = [9_999, 1, .. Enumerable.Range(4_000, 9), 20_000, 1];
        Assert.Equal(expected, await SizesAsync(store.Events.ReadStreamAsync(target, cancellationToken: Ct)));
        Assert.Equal(expected.Reverse(), await SizesAsync(store.Events.ReadStreamAsync(target, new() { Direction = ReadDirection.Backward }, Ct)));
    }

    [Fact]
    public async Task Metadata_and_binary_payloads_count_too()
    {
        await using var store = Small();
        var stream = NewStream();
        for (var number = 0; number < 6; number++)
            await store.Events.AppendAsync(stream, ExpectedVersion.Any, new Noted("x"), new() { ["note"] = new('漢', 2_000) }, Ct);

        Assert.Equal(6, (await SizesAsync(store.Events.ReadAllAsync(cancellationToken: Ct))).Count);
        Assert.Equal(6, (await SizesAsync(store.Events.ReadStreamAsync(stream, cancellationToken: Ct))).Count);
    }

    [Fact]
    public async Task Subscriptions_deliver_everything_in_order_while_catching_up_and_live()
    {
        await using var store = Small();
        var stream = NewStream();
        var random = new Random(43);
        var sizes = Enumerable.Range(0, 200).Select(_ => random.Next(10) == 0 ? random.Next(30_000) : random.Next(3_000)).ToArray();
        async Task AppendAsync(IEnumerable<int> some)
        {
            foreach (var size in some)
                await store.Events.AppendAsync(stream, ExpectedVersion.Any, new Noted(new('x', size)), cancellationToken: Ct);
        }

        await AppendAsync(sizes[..100]);
        await using var all = await store.Events.SubscribeAsync("all", new() { Start = SubscriptionStart.Origin }, Ct);
        await using var one = await store.Events.SubscribeAsync("one", new() { Start = SubscriptionStart.Origin, Stream = stream, PageSize = 2 }, Ct);
        var appending = AppendAsync(sizes[100..]);
        foreach (var subscription in (IEventSubscription[])[all, one])
        {
            var received = new List<int>();
            await foreach (var batch in subscription.ReadBatchesAsync(Ct))
            {
                received.AddRange(batch.Events.Select(Size));

                // At least one event comes, however large; and never more than one beyond the limit.
                Assert.InRange(batch.Events.SkipLast(1).Sum(@event => @event.Payload.Length), 0, PageBytes);
                await subscription.AckAsync(batch, Ct);
                if (received.Count == sizes.Length)
                    break;
            }

            Assert.Equal(sizes, received);
        }

        await appending;
    }

    [Fact]
    public async Task Parked_events_are_listed_in_pages_that_large_ones_cut_and_none_is_left_out()
    {
        await using var store = Small();
        var stream = NewStream();
        int[] sizes = [.. Enumerable.Range(1, 60).Select(number => number % 7 == 0 ? 25_000 : number * 100)];
        await store.Events.AppendManyAsync(stream, ExpectedVersion.NoStream, [.. sizes.Select(size => new NewEvent(new Noted(new('x', size))))], Ct);
        await using var consumer = await store.Events.SubscribeAsync(
            "parking", new() { Start = SubscriptionStart.Origin, PartitionBy = @event => @event.EventId.ToString() }, Ct);
        var left = sizes.Length;
        await foreach (var batch in consumer.ReadBatchesAsync(Ct))
        {
            foreach (var @event in batch.Events)
                await consumer.ParkAsync(@event, "later", Ct);

            if ((left -= batch.Events.Count) == 0)
                break;
        }

        var listed = await store.Events.Subscriptions.ListParkedAsync("parking", cancellationToken: Ct).ToListAsync(Ct);
        Assert.Equal(sizes, listed.Select(parked => Size(parked.Event!)));
    }

    [Fact]
    public async Task Appends_that_come_together_are_written_whatever_their_size()
    {
        await using var store = Small();
        await Task.WhenAll(Enumerable.Range(0, 100).Select(number => store.Events.AppendAsync(
            $"stream-{number % 10}", ExpectedVersion.Any, new Noted(new('x', number % 7 == 0 ? 25_000 : 900)), cancellationToken: Ct)));
        Assert.Equal(100, (await SizesAsync(store.Events.ReadAllAsync(cancellationToken: Ct))).Count);
    }

    [Fact]
    public async Task Hundreds_of_megabytes_are_read_with_a_few_events_in_memory_at_a_time()
    {
        const int Count = 60;
        const int Bytes = 4_000_000;
        await using var store = Fixture.CreateStore(Database);
        var stream = NewStream();
        var random = new Random(1);
        var noise = new byte[Bytes / 4 * 3];
        for (var number = 0; number < Count; number++)
        {
            random.NextBytes(noise);

            // What the database compresses well counts by what it is in memory.
            await store.Events.AppendAsync(stream, ExpectedVersion.Any, new Noted(number % 2 == 0 ? new('x', Bytes) : Convert.ToHexString(noise)[..Bytes]), cancellationToken: Ct);
        }

        await AssertFewInMemoryAsync(store.Events.ReadAllAsync(cancellationToken: Ct));
        await AssertFewInMemoryAsync(store.Events.ReadAllAsync(new() { Direction = ReadDirection.Backward, Filter = EventFilter.Types("specification-noted") }, Ct));
        await AssertFewInMemoryAsync(store.Events.ReadStreamAsync(stream, cancellationToken: Ct));

        static async Task AssertFewInMemoryAsync(IAsyncEnumerable<RecordedEvent> events)
        {
            var payloads = new List<WeakReference>();
            await foreach (var @event in events)
            {
                Assert.True(MemoryMarshal.TryGetArray(@event.Payload, out var payload));
                payloads.Add(new(payload.Array));
                if (payloads.Count % 10 != 0)
                    continue;

                GC.Collect();
                Assert.InRange(payloads.Count(one => one.IsAlive), 0, 64_000_000 / Bytes);
            }

            Assert.Equal(Count, payloads.Count);
        }
    }

    [Fact]
    public async Task A_gigabyte_is_read_in_an_eighth_of_its_size()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "a process tells its own memory on Linux");
        await using var store = Fixture.CreateStore(Database);
        var (text, stream) = (new string('x', 4_000_000), NewStream());
        for (var number = 0; number < 250; number++)
            await store.Events.AppendAsync(stream, ExpectedVersion.Any, new Noted(text), cancellationToken: Ct);

        await using var reader = await Worker.StartAsync("memory", Database.ConnectionString);
        var words = reader.Lines.Single(line => line.StartsWith("read ", StringComparison.Ordinal)).Split(' ');
        Assert.Equal("250", words[1]);
        Assert.InRange(double.Parse(words[2], CultureInfo.InvariantCulture), 0, 128);
    }

    [Fact]
    public async Task An_append_of_exactly_a_gigabyte_is_written_and_one_byte_more_is_refused()
    {
        // 250 events of 4,000,000 bytes as they are counted: besides the payload the name of the type, and 128 bytes.
        var payload = new byte[4_000_000 - "specification-noted".Length - 128];
        var oneMore = new byte[payload.Length + 1];
        await using var store = Fixture.CreateStore(Database, builder => builder.UseSerializer<Noted>(
            new TestSerializer("application/x-test", data => ((Noted)data).Text == "" ? payload : oneMore)));
        NewEvent[] events = [.. Enumerable.Range(0, 249).Select(_ => new NewEvent(new Noted("")))];
        var exception = await ThrowsAndWritesNothingAsync<AppendTooLargeException>(
            () => store.Events.AppendManyAsync("stream", ExpectedVersion.NoStream, [.. events, new(new Noted("x"))], Ct));
        Assert.Equal((250, 249, 1_000_000_000), (exception.Events, exception.Fitting, exception.Limit));

        await store.Events.AppendManyAsync("stream", ExpectedVersion.NoStream, [.. events, new(new Noted(""))], Ct);
        Assert.Equal(250, await Database.ScalarAsync<long>("SELECT count(*) FROM {events}"));
        Assert.Equal(payload.Length, (await store.Events.ReadLastAsync("stream", Ct))!.Payload.Length);
    }

    [Fact]
    public async Task An_append_of_more_than_a_gigabyte_is_refused_and_nothing_written()
    {
        await using var store = Fixture.CreateStore(Database);
        var text = new string('x', 4_000_000);
        NewEvent[] events = [.. Enumerable.Range(0, 300).Select(_ => new NewEvent(new Noted(text)))];
        var exception = await ThrowsAndWritesNothingAsync<AppendTooLargeException>(() => store.Events.AppendManyAsync(
            [new StreamAppend("first", ExpectedVersion.Any, events[..150]), new StreamAppend("second", ExpectedVersion.Any, events[150..])], Ct));
        Assert.Equal((300, 249, 1_000_000_000), (exception.Events, exception.Fitting, exception.Limit));
        Assert.Contains("Split it into several", exception.Message, StringComparison.Ordinal);
    }

    private static int Size(RecordedEvent @event) => @event.As<Noted>().Text.Length;

    private static async Task<List<int>> SizesAsync(IAsyncEnumerable<RecordedEvent> events)
    {
        var sizes = new List<int>();
        await foreach (var @event in events)
            sizes.Add(Size(@event));

        return sizes;
    }

    private TestStore Small() => Fixture.CreateStore(Database, builder => builder.Configure(options => options.MaxPageBytes = PageBytes));
}
