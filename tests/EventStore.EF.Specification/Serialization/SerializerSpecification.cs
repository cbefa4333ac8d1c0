using System.Text;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace EventStore.EF.Specification;

/// <summary>Serializers of the application's own, for one event type and for the whole store.</summary>
public abstract class SerializerSpecification(StoreFixture fixture) : OwnDatabaseSpecification(fixture)
{
    private const string Binary = "application/x-memorypack";
    private const string OtherJson = "application/vnd.specification+json";

    private readonly MemoryPackEventSerializer _memoryPack = new();
    private readonly SnakeCaseEventSerializer _snakeCase = new();

    [Fact]
    public async Task A_binary_serializer_of_one_type_writes_and_reads_that_type_and_no_other()
    {
        await using var store = Fixture.CreateStore(Database, builder => builder.UseSerializer<Packed>(_memoryPack));
        var packed = new Packed(1, "\u0000😀");
        await store.Events.AppendManyAsync("mixed", ExpectedVersion.NoStream, [new(packed), new(new Numbered(2)), new(new Packed(3, ""))], Ct);

        var events = await ToListAsync(store.Events.ReadStreamAsync("mixed", cancellationToken: Ct));
        Assert.Equal([Binary, "application/json", Binary], events.Select(@event => @event.ContentType));
        Assert.Equal([packed, new Numbered(2), new Packed(3, "")], events.Select(@event => @event.Data));
        Assert.Equal(_memoryPack.Serialize(packed), events[0].Payload.ToArray());
        Assert.Equal(events.Select(@event => @event.Data), (await ToListAsync(store.Events.ReadAllAsync(cancellationToken: Ct))).Select(@event => @event.Data));

        await using var context = await store.CreateContextAsync();
        var rows = await context.Events.OrderBy(row => row.Position).ToListAsync(Ct);
        Assert.Equal([(true, false, Binary), (false, true, null), (true, false, (string?)Binary)], rows.Select(row => (row.Data is null, row.DataBinary is null, row.ContentType)));
    }

    [Fact]
    public async Task A_serializer_of_the_whole_store_writes_every_type_without_one_of_its_own()
    {
        await using var store = Fixture.CreateStore(Database, builder => builder.UseSerializer(_snakeCase).UseSerializer<Packed>(_memoryPack));
        await store.Events.AppendManyAsync("mixed", ExpectedVersion.NoStream, [new(new Packed(1, "1")), new(new Numbered(2)), new(new Noted("3"))], Ct);

        var events = await ToListAsync(store.Events.ReadStreamAsync("mixed", cancellationToken: Ct));
        Assert.Equal([Binary, OtherJson, OtherJson], events.Select(@event => @event.ContentType));
        Assert.Equal("""{"NUMBER":2}""", Encoding.UTF8.GetString(events[1].Payload.Span));
        Assert.Equal([new Packed(1, "1"), new Numbered(2), new Noted("3")], events.Select(@event => @event.Data));

        // JSON of any kind lies in the JSON column.
        await using var context = await store.CreateContextAsync();
        var row = await context.Events.SingleAsync(row => row.Version == 2, Ct);
        Assert.Equal(("""{"NUMBER":2}""", null, OtherJson), (row.Data, row.DataBinary, row.ContentType));
    }

    [Fact]
    public async Task A_former_serializer_reads_what_it_wrote_and_writes_nothing_more()
    {
        await using (var before = Fixture.CreateStore(Database, builder => builder.UseSerializer(_memoryPack)))
            await before.Events.AppendAsync("packed", ExpectedVersion.NoStream, new Packed(1, "before"), cancellationToken: Ct);

        Assert.Contains(Binary, (await Assert.ThrowsAsync<EventDeserializationException>(
            async () => _ = (await ToListAsync(Events.ReadStreamAsync("packed", cancellationToken: Ct)))[0].Data)).ToString(), StringComparison.Ordinal);

        await using var store = Fixture.CreateStore(Database, builder => builder.AddFormerSerializer(_memoryPack));
        await store.Events.AppendAsync("packed", 1, new Packed(2, "after"), cancellationToken: Ct);
        var events = await ToListAsync(store.Events.ReadStreamAsync("packed", cancellationToken: Ct));
        Assert.Equal([Binary, "application/json"], events.Select(@event => @event.ContentType));
        Assert.Equal([new Packed(1, "before"), new Packed(2, "after")], events.Select(@event => @event.Data));
    }

    [Fact]
    public async Task A_store_whose_serializer_is_changed_reads_what_it_wrote_before()
    {
        await Events.AppendAsync("packed", ExpectedVersion.NoStream, new Packed(1, "generated"), cancellationToken: Ct);
        foreach (var (version, configure) in ((int, Action<EventStoreBuilder>)[])
        [
            (1, builder => builder.UseSerializer(_snakeCase)),
            (2, builder => builder.UseSerializer(_snakeCase).UseSerializer(_memoryPack)),
            (3, builder => builder.UseSerializer(_memoryPack).UseSerializer(_snakeCase)),
            (4, builder => builder.UseSerializer(_snakeCase).UseSerializer<Packed>(_memoryPack)),
        ])
        {
            await using var store = Fixture.CreateStore(Database, configure);
            await store.Events.AppendAsync("packed", version, new Packed(version + 1, "changed"), cancellationToken: Ct);
            var events = await ToListAsync(store.Events.ReadStreamAsync("packed", cancellationToken: Ct));
            Assert.Equal(Enumerable.Range(1, version + 1), events.Select(@event => @event.As<Packed>().Number));
        }

        Assert.Equal(["application/json", OtherJson, Binary, OtherJson, Binary], (await ReadAsync("packed")).Select(@event => @event.ContentType));
    }

    [Fact]
    public async Task An_unknown_content_type_is_a_clear_error_and_the_payload_stays_readable()
    {
        await using (var store = Fixture.CreateStore(Database, builder => builder.UseSerializer(_memoryPack)))
            await store.Events.AppendAsync("packed", ExpectedVersion.NoStream, new Packed(1, "x"), cancellationToken: Ct);

        var @event = Assert.Single(await ReadAsync("packed"));
        var exception = Assert.Throws<EventDeserializationException>(() => @event.Data);
        Assert.Equal(("specification-packed", typeof(Packed), "packed", 1), (exception.EventType, exception.ClrType, exception.Stream, exception.StreamVersion));
        Assert.Contains(Binary, exception.Message, StringComparison.Ordinal);
        Assert.Contains("UseSerializer", exception.Message, StringComparison.Ordinal);
        Assert.Equal((Binary, "specification-packed"), (@event.ContentType, @event.EventType));
        Assert.Equal(_memoryPack.Serialize(new Packed(1, "x")), @event.Payload.ToArray());
    }

    [Fact]
    public async Task A_serializer_that_can_t_write_refuses_the_append_and_nothing_is_written()
    {
        foreach (var serializer in (TestSerializer[])
        [
            new("application/x-test", _ => throw new DivideByZeroException("broken")),
            new("application/x-test", _ => null!),
            new("application/json", _ => null!),
            new("application/json", _ => []),
            new("application/json", _ => "{"u8.ToArray()),
            new("application/json", _ => "{} {}"u8.ToArray()),
            new("application/vnd.test+json", _ => "{'a': 1}"u8.ToArray()),
            new("application/vnd.test+json", _ => [(byte)'"', 0xC3, (byte)'"']),
            new("application/vnd.test+json", _ => [0xEF, 0xBB, 0xBF, (byte)'1']),
            new("application/json", _ => "\"\0\""u8.ToArray()),
        ])
        {
            await using var store = Fixture.CreateStore(Database, builder => builder.UseSerializer<Noted>(serializer));
            var exception = await ThrowsAndWritesNothingAsync<EventSerializationException>(
                () => store.Events.AppendManyAsync("stream", ExpectedVersion.Any, [new(new Numbered(1)), new(new Noted("x"))], Ct));
            Assert.Equal(("specification-noted", typeof(Noted)), (exception.EventType, exception.ClrType));
            Assert.NotNull(exception.InnerException);
            Assert.Contains("Nothing was written", exception.Message, StringComparison.Ordinal);
            await store.Events.AppendAsync("stream", ExpectedVersion.Any, new Numbered(1), cancellationToken: Ct);
        }
    }

    [Fact]
    public async Task A_serializer_that_can_t_read_is_a_clear_error_and_the_payload_stays_readable()
    {
        foreach (var (index, deserialize) in ((Func<ReadOnlyMemory<byte>, Type, object>[])
        [
            (_, _) => throw new DivideByZeroException("broken"), (_, _) => null!, (_, _) => new Numbered(1),
        ]).Index())
        {
            await using var store = Fixture.CreateStore(Database, builder => builder.UseSerializer<Noted>(new TestSerializer("application/x-test", _ => [1, 2, 3], deserialize)));
            await store.Events.AppendAsync($"stream-{index}", ExpectedVersion.NoStream, new Noted("x"), cancellationToken: Ct);
            var @event = Assert.Single(await ToListAsync(store.Events.ReadStreamAsync($"stream-{index}", cancellationToken: Ct)));
            var exception = Assert.Throws<EventDeserializationException>(() => @event.Data);
            Assert.Equal(("specification-noted", typeof(Noted)), (exception.EventType, exception.ClrType));
            Assert.Throws<EventDeserializationException>(() => @event.As<Noted>());
            Assert.Equal(["1", "2", "3"], @event.Payload.ToArray().Select(value => $"{value}"));
        }
    }

    [Fact]
    public async Task What_a_serializer_wrote_is_handed_back_byte_for_byte()
    {
        byte[][] payloads = [[], [0], [.. Enumerable.Range(0, 256).Select(value => (byte)value)], new byte[1024 * 1024]];
        await using var store = Fixture.CreateStore(Database, builder => builder.UseSerializer<Numbered>(new TestSerializer(
            "application/x-test", data => payloads[((Numbered)data).Number],
            (payload, _) => new Numbered(Array.FindIndex(payloads, candidate => payload.Span.SequenceEqual(candidate))))));
        await store.Events.AppendManyAsync("stream", ExpectedVersion.NoStream, Numbered(4, 0), Ct);
        Assert.Equal([0, 1, 2, 3], (await ToListAsync(store.Events.ReadStreamAsync("stream", cancellationToken: Ct))).Select(@event => @event.As<Numbered>().Number));
    }

    [Fact]
    public async Task The_greatest_size_counts_for_every_serializer()
    {
        await using var store = Fixture.CreateStore(Database, builder => builder
            .UseSerializer<Numbered>(new TestSerializer("application/x-test", data => new byte[((Numbered)data).Number]))
            .Configure(options => options.MaxEventSize = 1000));
        await store.Events.AppendAsync("stream", ExpectedVersion.NoStream, new Numbered(1000), cancellationToken: Ct);
        var exception = await ThrowsAndWritesNothingAsync<EventTooLargeException>(() => store.Events.AppendAsync("stream", 1, new Numbered(1001), cancellationToken: Ct));
        Assert.Equal(("specification-numbered", 1001, 1000), (exception.EventType, exception.Size, exception.Limit));
    }

    [Fact]
    public async Task A_type_that_is_no_event_is_refused_by_name()
    {
        await using var store = Fixture.CreateStore(Database, builder => builder.UseSerializer<NotAnEvent>(_memoryPack));
        var exception = Assert.Throws<InvalidOperationException>(() => store.Events);
        Assert.Contains(nameof(NotAnEvent), exception.Message, StringComparison.Ordinal);
        Assert.Contains("[Event]", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_content_type_that_breaks_its_rule_is_refused()
    {
        foreach (var contentType in (string?[])["", null, "a b", "ä", "a\n", new('x', 101)])
        {
            var serializer = new TestSerializer(contentType!, _ => []);
            Assert.Throws<ArgumentException>(() => Fixture.CreateStore(Database, builder => builder.UseSerializer(serializer)));
            Assert.Throws<ArgumentException>(() => Fixture.CreateStore(Database, builder => builder.UseSerializer<Packed>(serializer)));
        }

        Assert.Throws<ArgumentNullException>(() => Fixture.CreateStore(Database, builder => builder.UseSerializer(null!)));
        Assert.Throws<ArgumentNullException>(() => Fixture.CreateStore(Database, builder => builder.UseSerializer<Packed>(null!)));
    }

    [Fact]
    public async Task Filters_links_and_subscriptions_see_events_of_every_serializer()
    {
        var recorder = new Recorder();
        await using var store = Fixture.CreateStore(Database, builder =>
        {
            builder.Services.AddSingleton(recorder);
            builder.AddSubscriber<PackedHandler>("packed");
            builder.UseSerializer(_snakeCase).UseSerializer<Packed>(_memoryPack);
        });
        await store.Events.AppendManyAsync("packed-1", ExpectedVersion.NoStream, [new(new Packed(1, "1")), new(new Numbered(2)), new(new Noted("3"))], Ct);
        await store.Host.StartAsync(Ct);
        await recorder.WaitForAsync(2, Ct);
        await store.Events.AppendAsync("packed-1", 3, new Packed(4, "4"), cancellationToken: Ct);
        await recorder.WaitForAsync(3, Ct);
        Assert.Equal([new Packed(1, "1"), new Numbered(2), new Packed(4, "4")], recorder.Handled.Select(context => context.Event.Data));

        var options = new ReadOptions { Filter = EventFilter.Types("specification-packed").AndStreamPrefix("packed-") };
        var filtered = await ToListAsync(store.Events.ReadAllAsync(options, Ct));
        Assert.Equal([1, 4], filtered.Select(@event => @event.As<Packed>().Number));
        await store.Events.LinkAsync("links", ExpectedVersion.NoStream, filtered, Ct);
        Assert.Equal([1, 4], (await ToListAsync(store.Events.ReadStreamAsync("links", options, Ct))).Select(@event => @event.As<Packed>().Number));
    }

    [Fact]
    public async Task Events_of_many_serializers_are_appended_to_several_streams_and_by_many_at_once()
    {
        await using var store = Fixture.CreateStore(Database, builder => builder.UseSerializer(_snakeCase).UseSerializer<Packed>(_memoryPack));
        NewEvent[] Mixed(int number) => [new(new Packed(number, "x")), new(new Numbered(number)), new(new Packed(number, "y"))];
        await store.Events.AppendManyAsync([new StreamAppend("a", ExpectedVersion.NoStream, Mixed(1)), new StreamAppend("b", ExpectedVersion.NoStream, Mixed(2))], Ct);
        var outcomes = await AtOnceAsync(16, index => store.Events.AppendManyAsync($"c-{index}", ExpectedVersion.NoStream, Mixed(index), Ct));
        Assert.All(outcomes, outcome => Assert.Null(outcome.Exception));
        foreach (var (stream, number) in Enumerable.Range(0, 16).Select(index => ($"c-{index}", index)).Append(("a", 1)).Append(("b", 2)))
            Assert.Equal(Mixed(number).Select(@event => @event.Data), (await ToListAsync(store.Events.ReadStreamAsync(stream, cancellationToken: Ct))).Select(@event => @event.Data));
    }
}
