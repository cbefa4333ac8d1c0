using System.Buffers;
using System.Text.Json;
using EventStore.EF.Generators.Tests.Corpus;

namespace EventStore.EF.Generators.Tests.Serialization;

public sealed class FastPathTests
{
    private static readonly OrderPlaced Event = new(Guid.NewGuid(), "Ada", 12.50m);

    private static readonly OrderShipped Nested
        = new(Guid.NewGuid(), new Address("s", new City { Name = "c" }), [new Line("a", 1, 2), new Line("b", 1, 2)], new Point(1, 2));

    private static readonly JsonSerializerOptions OtherOptions = new()
    {
        TypeInfoResolver = Json.Generated(typeof(OrderPlaced)).OriginatingResolver,
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseUpper,
    };

    [Fact]
    public void The_generated_writer_reads_the_members()
    {
        var generated = Json.Write(new Traced(), Json.Generated(typeof(Traced))).Text!;
        var reflection = Json.Write(new Traced(), generated: null).Text!;

        Assert.Contains("Json_Traced_", generated, StringComparison.Ordinal);
        Assert.Contains(".Write\"", generated, StringComparison.Ordinal);
        Assert.DoesNotContain("Json_Traced_", reflection, StringComparison.Ordinal);
    }

    /// <summary>An event of numbers and texts costs reflection nothing either; nested objects and collections tell them apart.</summary>
    [Fact]
    public void The_generated_writer_allocates_far_less_than_reflection()
    {
        var info = Json.Generated(typeof(OrderShipped));

        var generated = Allocated(writer => JsonSerializer.Serialize(writer, (object)Nested, info));
        var reflection = Allocated(writer => JsonSerializer.Serialize(writer, (object)Nested, typeof(OrderShipped), Json.Reflection));

        Assert.True(generated * 4 < reflection, $"{generated} bytes are allocated for an event, {reflection} by reflection");
    }

    /// <summary>This program sets the switches; the whole corpus is written and read under them.</summary>
    [Fact]
    public void Switches_of_the_application_change_nothing_of_what_is_stored()
    {
        Assert.True(new JsonSerializerOptions() is { RespectNullableAnnotations: true, RespectRequiredConstructorParameters: true });
        Assert.True(EventJsonOptions.Create() is { RespectNullableAnnotations: false, RespectRequiredConstructorParameters: false });
        Assert.Equal(new OrderPlaced(default, null!, 1), Json.Catalog.Find(typeof(OrderPlaced))!.Deserialize("""{"customer":null,"amount":1}"""u8));
    }

    [Fact]
    public void An_enum_by_name_is_written_in_a_straight_line()
        => Assert.NotNull(((System.Text.Json.Serialization.Metadata.JsonTypeInfo<NamedEnums>)Json.Generated(typeof(NamedEnums))).SerializeHandler);

    [Fact]
    public void Options_that_change_what_is_written_switch_the_generated_writer_off()
    {
        Assert.StartsWith("{\"ORDER_ID\":", JsonSerializer.Serialize(Event, OtherOptions), StringComparison.Ordinal);
    }

    [Fact]
    public void An_event_that_contains_itself_is_refused_instead_of_written_for_ever()
    {
        var tree = new Tree();
        tree.Children.Add(tree);

        Assert.Throws<JsonException>(() => JsonSerializer.SerializeToUtf8Bytes(new TreePlanted(tree), Json.Generated(typeof(TreePlanted))));
    }

    [Fact]
    public void An_event_as_deep_as_can_be_read_is_written_and_a_deeper_one_is_refused()
    {
        var info = Json.Generated(typeof(SelfContaining));

        Assert.NotNull(JsonSerializer.Deserialize(JsonSerializer.SerializeToUtf8Bytes(Deep(64), info), info));
        Assert.Throws<JsonException>(() => JsonSerializer.SerializeToUtf8Bytes(Deep(65), info));

        static SelfContaining Deep(int depth) => new(depth, depth == 1 ? null : Deep(depth - 1));
    }

    private static long Allocated(Action<Utf8JsonWriter> write)
    {
        const int Count = 1000;
        var buffer = new ArrayBufferWriter<byte>(4096);
        using var writer = new Utf8JsonWriter(buffer);
        Run(10);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Run(Count);
        return (GC.GetAllocatedBytesForCurrentThread() - before) / Count;

        void Run(int count)
        {
            for (var i = 0; i < count; i++)
            {
                buffer.ResetWrittenCount();
                writer.Reset();
                write(writer);
            }
        }
    }
}
