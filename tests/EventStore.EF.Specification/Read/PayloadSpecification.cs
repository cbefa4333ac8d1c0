using System.Text;

namespace EventStore.EF.Specification;

/// <summary>What is appended comes back as it was, and what can't be read back is a clear error.</summary>
public abstract class PayloadSpecification(StoreFixture fixture) : StoreSpecification(fixture)
{
    public static TheoryData<string> Texts =>
    [
        "", " ", "\"", "'", "\\", "{}", "null", "\u0000", "a\u0000b", "\\u0000", "\t\r\n\b\f", "\u007f\u0080\u009f", "\u2028\u2029", "\ufeff",
        "ÄÖÜßé e\u0301", "Ελληνικά", "עברית", "漢字", "😀👩‍👩‍👧", "\U0001F600\U00020000\U000E0001\U0010FFFF", "\uFFFD\uFFFE\uFFFF", "<script>&amp;</script>", "$type", "%s $1 @p {0} {schema}",
    ];

    [Theory]
    [MemberData(nameof(Texts), DisableDiscoveryEnumeration = true)]
    public async Task Text_comes_back_exactly(string text)
    {
        var @event = await AppendedAsync(new Noted(text));
        Assert.Equal(text, @event.As<Noted>().Text);
    }

    [Fact]
    public async Task Every_character_of_Unicode_comes_back()
    {
        var text = new StringBuilder();
        for (var scalar = 0; scalar <= 0x10FFFF; scalar++)
        {
            if (Rune.IsValid(scalar))
                text.Append(new Rune(scalar).ToString());
        }

        await using var store = Fixture.CreateStore(Database, builder => builder.Configure(options => options.MaxEventSize = 32 * 1024 * 1024));
        var stream = NewStream();
        await store.Events.AppendAsync(stream, ExpectedVersion.Any, new Noted(text.ToString()), cancellationToken: Ct);
        Assert.True(text.ToString() == Assert.Single(await ReadAsync(stream)).As<Noted>().Text);
    }

    [Fact]
    public async Task Text_that_is_no_Unicode_is_refused_and_nothing_written()
    {
        foreach (var text in (string[])["\ud800", "a\udc00b", "\ud83d"])
        {
            var exception = await ThrowsAndWritesNothingAsync<EventSerializationException>(() => AppendedAsync(new Noted(text)));
            Assert.Equal(("specification-noted", typeof(Noted)), (exception.EventType, exception.ClrType));
        }
    }

    public static TheoryData<Measured> Measurements =>
    [
        new Measured(0, 0, 0, 0, 0), new Measured(-0.0, 0, 0, 0, 0), new Measured(1e308, float.MaxValue, 1234567890.123456789012345678m, long.MaxValue, ulong.MaxValue),
        new Measured(double.MaxValue, float.Epsilon, decimal.MaxValue, long.MinValue, 1), new Measured(double.Epsilon, -1e38f, decimal.MinValue, -1, 9_007_199_254_740_993),
        new Measured(0.1 + 0.2, 0.1f, 0.0000000000000000000000000001m, 9_007_199_254_740_993, 0), new Measured(-1e-308, 16_777_217f, 1.10m, 0, 0),
    ];

    [Theory]
    [MemberData(nameof(Measurements), DisableDiscoveryEnumeration = true)]
    public async Task Numbers_come_back_exactly(Measured measured)
    {
        var read = (await AppendedAsync(measured)).As<Measured>();
        Assert.Equal(measured, read);
        Assert.Equal(BitConverter.DoubleToInt64Bits(measured.Real), BitConverter.DoubleToInt64Bits(read.Real));
        Assert.Equal(decimal.GetBits(measured.Money), decimal.GetBits(read.Money));
    }

    [Fact]
    public async Task What_JSON_has_no_number_for_is_refused_and_nothing_written()
    {
        foreach (var real in (double[])[double.NaN, double.PositiveInfinity, double.NegativeInfinity])
        {
            var exception = await ThrowsAndWritesNothingAsync<EventSerializationException>(() => AppendedAsync(new Measured(real, 0, 0, 0, 0)));
            Assert.Equal("specification-measured", exception.EventType);
            Assert.Contains("Nothing was written", exception.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Nested_and_optional_values_come_back()
    {
        var at = new DateTimeOffset(2024, 2, 29, 23, 59, 59, TimeSpan.FromHours(-9.5)).AddTicks(1234567);
        var filled = new Shipped(
            Guid.NewGuid(), at, TimeSpan.FromTicks(1), Carrier.Rail, new("Main St. 1", null),
            [new("Top", new("Inner \"quoted\"", "x")), new("", null)], new() { ["ключ"] = 1, [""] = null }, null, [0, 255, 128]);
        var read = (await AppendedAsync(filled)).As<Shipped>();
        Assert.Equivalent(filled, read, strict: true);
        Assert.Equal((at, at.Offset), (read.At, read.At.Offset));

        var empty = new Shipped(Guid.Empty, default, default, null, null, [], [], "", []);
        Assert.Equivalent(empty, (await AppendedAsync(empty)).As<Shipped>(), strict: true);
    }

    [Fact]
    public async Task An_event_without_members_comes_back()
        => Assert.IsType<Ticked>((await AppendedAsync(new Ticked())).Data);

    [Fact]
    public async Task The_payload_is_the_JSON_that_was_written()
    {
        var @event = await AppendedAsync(new Noted("ä\u0000"));
        Assert.Equal(@"{""text"":""ä\u0000""}", Encoding.UTF8.GetString(@event.Payload.Span).Replace("\\u00E4", "ä", StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public async Task An_unknown_type_is_read_raw_and_throws_when_asked_for_data()
    {
        var stream = await StreamWithAsync("nobody-s-type", """{"a": 1}""");
        var @event = (await ReadAsync(stream))[1];
        Assert.Equal(("nobody-s-type", """{"a": 1}"""), (@event.EventType, Encoding.UTF8.GetString(@event.Payload.Span)));

        var exception = Assert.Throws<UnknownEventTypeException>(() => @event.Data);
        Assert.Equal(("nobody-s-type", 1, stream, 2), (exception.EventType, exception.SchemaVersion, exception.Stream, exception.StreamVersion));
        Assert.Contains("[Event(\"nobody-s-type\", Version = 1)]", exception.Message, StringComparison.Ordinal);
        Assert.Contains("RecordedEvent.Payload", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_unknown_version_of_a_known_type_throws_when_asked_for_data()
    {
        var stream = await StreamWithAsync("specification-numbered", """{"number":1}""", schemaVersion: 7);
        var exception = Assert.Throws<UnknownEventTypeException>(() => ReadAsync(stream).Result[1].Data);
        Assert.Equal(("specification-numbered", 7), (exception.EventType, exception.SchemaVersion));
    }

    [Fact]
    public async Task An_alias_is_read_as_the_type_of_today()
    {
        var stream = await StreamWithAsync("specification-ticked-formerly", "{}");
        Assert.IsType<Ticked>((await ReadAsync(stream))[1].Data);
    }

    [Theory]
    [InlineData("""{"number":"one"}""")]
    [InlineData("""{"number":1e99}""")]
    [InlineData("""{"number":null}""")]
    [InlineData("[]")]
    [InlineData("3")]
    [InlineData("null")]
    public async Task A_payload_that_can_t_be_read_back_throws_when_asked_for_data_and_stays_readable_raw(string json)
    {
        var stream = await StreamWithAsync("specification-numbered", json);
        var @event = (await ReadAsync(stream))[1];
        Assert.Equal(json, Encoding.UTF8.GetString(@event.Payload.Span));
        var exception = Assert.Throws<EventDeserializationException>(() => @event.Data);
        Assert.Equal(("specification-numbered", typeof(Numbered), stream, 2), (exception.EventType, exception.ClrType, exception.Stream, exception.StreamVersion));
        Assert.NotNull(exception.InnerException);
        Assert.Contains("RecordedEvent.Payload", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_event_asked_for_as_another_type_says_what_it_is()
    {
        var @event = await AppendedAsync(new Noted("x"));
        var exception = Assert.Throws<InvalidCastException>(() => @event.As<Numbered>());
        Assert.Contains("specification-noted", exception.Message, StringComparison.Ordinal);
        Assert.Contains(nameof(Numbered), exception.Message, StringComparison.Ordinal);
    }

    private async Task<StreamName> StreamWithAsync(string type, string json, int schemaVersion = 1)
    {
        var stream = NewStream();
        await Events.AppendAsync(stream, ExpectedVersion.NoStream, new Ticked(), cancellationToken: Ct);
        await Database.InsertEventAsync(stream, type, json, schemaVersion);
        return stream;
    }

    private async Task<RecordedEvent> AppendedAsync(object data)
    {
        var stream = NewStream();
        await Events.AppendManyAsync(stream, ExpectedVersion.NoStream, [new(data)], Ct);
        return Assert.Single(await ReadAsync(stream));
    }
}
