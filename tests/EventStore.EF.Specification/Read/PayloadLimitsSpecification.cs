using System.Text;

namespace EventStore.EF.Specification;

/// <summary>Payloads and metadata at the edges of what can be stored.</summary>
public abstract class PayloadLimitsSpecification(StoreFixture fixture) : StoreSpecification(fixture)
{
    private const int Limit = 4 * 1024 * 1024;

    // Of every plane of Unicode a character, and the last one, which is none.
    private static readonly string Planes = string.Concat(Enumerable.Range(0, 17).SelectMany(plane => (string[])[new Rune((plane << 16) + 0x41).ToString(), new Rune((plane << 16) + 0xFFFF).ToString()]));

    [Fact]
    public async Task Text_of_every_plane_comes_back_wherever_it_stands()
    {
        StreamName stream = $"{Planes}-{Guid.NewGuid():N}";
        var metadata = new EventMetadata { [Planes] = Planes, ["empty"] = "", ["\u0000"] = "\u0000", [Planes + "\u0000"] = "" };
        await Events.AppendAsync(stream, ExpectedVersion.NoStream, Text(Planes), metadata, Ct);
        await Events.AppendManyAsync(stream, 1, [new(Text("\u0000")), new(Text("")), new(Text("a\u0000\uFFFD\uFEFF\u0000b"))], Ct);

        var events = await ReadAsync(stream);
        foreach (var (index, text) in ((string[])[Planes, "\u0000", "", "a\u0000\uFFFD\uFEFF\u0000b"]).Index())
            Assert.Equivalent(Text(text), events[index].As<Shipped>(), strict: true);

        Assert.Equal(metadata, events[0].Metadata);
        Assert.Equal(stream, events[0].StreamName);
        Assert.Equal(stream, (await Events.Streams.FindAsync(stream, Ct))!.Name);
    }

    [Fact]
    public async Task Half_of_a_surrogate_pair_is_refused_wherever_it_stands()
    {
        foreach (var text in (string[])["\uD800", "\uDBFFx", "x\uDC00", "\uDE00\uD83D", Planes + "\uDFFF"])
        {
            var empty = Text("");
            foreach (var shipped in (Shipped[])
            [
                empty with { Note = text }, empty with { Carrier = null, Address = new(text, null) }, empty with { Address = new("", text) },
                empty with { Parcels = [new("", null), new(text, null)] }, empty with { Parcels = [new("", new("", text))] }, empty with { Counts = new() { [text] = 1 } },
            ])
            {
                var exception = await ThrowsAndWritesNothingAsync<EventSerializationException>(
                    () => Events.AppendManyAsync([new StreamAppend(NewStream(), ExpectedVersion.Any, Numbered(1)), new StreamAppend(NewStream(), ExpectedVersion.Any, new NewEvent(shipped))], Ct));
                Assert.Equal(("specification-shipped", typeof(Shipped)), (exception.EventType, exception.ClrType));
            }

            Assert.Throws<ArgumentException>(() => new EventMetadata { [text] = "x" });
            Assert.Throws<ArgumentException>(() => new EventMetadata { ["x"] = text });
            Assert.Throws<ArgumentException>(() => EventMetadata.From([new(text, "x")]));
            Assert.Throws<ArgumentException>(() => EventMetadata.Empty.With("x", text));
            Assert.Throws<ArgumentException>(() => new StreamName(text));
        }
    }

    [Fact]
    public async Task Numbers_at_the_edges_come_back_bit_by_bit()
    {
        decimal[] decimals = [7.9228162514264337593543950335m, 0.1234567890123456789012345678m, 1.0000000000000000000000000000m, 0.0m, 0.0000000000000000000000000001m, 1e28m, decimal.MinValue];
        double[] reals = [1e308, -1e308, double.Epsilon, -0.0, 2.2250738585072014E-308, 2.2250738585072009E-308, 5e-324, 9007199254740993, 0.1 + 0.2, 1.7976931348623157E+308];
        float[] floats = [float.Epsilon, -0.0f, 16_777_217f, 3.4028235E+38f, 1.1754944E-38f];
        var stream = NewStream();
        var given = (from real in reals from @decimal in decimals from small in floats select new Measured(real, small, @decimal, long.MinValue, ulong.MaxValue)).ToArray();
        await Events.AppendManyAsync(stream, ExpectedVersion.NoStream, [.. given.Select(measured => new NewEvent(measured))], Ct);
        foreach (var (measured, read) in given.Zip((await ReadAsync(stream)).Select(@event => @event.As<Measured>())))
        {
            Assert.Equal(
                (BitConverter.DoubleToInt64Bits(measured.Real), BitConverter.SingleToInt32Bits(measured.Small), measured.Balance, measured.Total),
                (BitConverter.DoubleToInt64Bits(read.Real), BitConverter.SingleToInt32Bits(read.Small), read.Balance, read.Total));
            Assert.Equal(decimal.GetBits(measured.Money), decimal.GetBits(read.Money));
        }
    }

    [Fact]
    public async Task Values_nested_60_deep_come_back()
    {
        var nested = new Nested("60", null);
        for (var depth = 59; depth >= 1; depth--)
            nested = new($"{depth}", nested);

        var stream = NewStream();
        await Events.AppendAsync(stream, ExpectedVersion.NoStream, nested, cancellationToken: Ct);
        Assert.Equal(nested, Assert.Single(await ReadAsync(stream)).As<Nested>());
    }

    [Fact]
    public async Task An_event_of_4_MiB_is_stored_and_one_byte_more_is_refused()
    {
        var stream = NewStream();
        await Events.AppendAsync(stream, ExpectedVersion.NoStream, new Noted(""), cancellationToken: Ct);
        var frame = Assert.Single(await ReadAsync(stream)).Payload.Length;
        var greatest = new Noted(new('x', Limit - frame));
        await Events.AppendAsync(stream, 1, greatest, cancellationToken: Ct);
        var read = (await ReadAsync(stream))[1];
        Assert.Equal(Limit, read.Payload.Length);
        Assert.True(greatest == read.As<Noted>());

        var exception = await ThrowsAndWritesNothingAsync<EventTooLargeException>(() => Events.AppendAsync(stream, 2, new Noted(greatest.Text + "x"), cancellationToken: Ct));
        Assert.Equal((Limit + 1, Limit), (exception.Size, exception.Limit));
    }

    [Fact]
    public async Task Metadata_and_the_length_of_UTF_8_count_for_the_greatest_size()
    {
        var stream = NewStream();
        await Events.AppendAsync(stream, ExpectedVersion.NoStream, new Noted("ä"), new() { ["n"] = "" }, Ct);
        var small = Assert.Single(await ReadAsync(stream));
        var frame = small.Payload.Length + """{"n":""}""".Length;
        await Events.AppendAsync(stream, 1, new Noted("ä"), new() { ["n"] = new('x', Limit - frame) }, Ct);
        Assert.Equal(Limit - frame, (await ReadAsync(stream))[1].Metadata["n"].Length);
        var exception = await ThrowsAndWritesNothingAsync<EventTooLargeException>(() => Events.AppendAsync(stream, 2, new Noted("ä"), new() { ["n"] = new('x', Limit - frame + 1) }, Ct));
        Assert.Equal(Limit + 1, exception.Size);

        // Fewer characters than the limit, more bytes.
        await ThrowsAndWritesNothingAsync<EventTooLargeException>(() => Events.AppendAsync(stream, 2, new Noted(new('漢', Limit / 2)), cancellationToken: Ct));
    }

    /// <summary>A text in every place that takes one.</summary>
    private static Shipped Text(string text)
        => new(Guid.Empty, default, default, Carrier.Road, new(text, text), [new(text, new(text, text))], new() { [text] = null, [text + "x"] = 1 }, text, []);
}
