using System.Text;
using System.Text.Json;
using EventStore.EF.Generators.Tests.Corpus;

namespace EventStore.EF.Generators.Tests.Serialization;

/// <summary>Where the straight-line reader reads, and where it leaves the event to the metadata; that both agree is tested elsewhere.</summary>
public sealed class StraightReaderTests
{
    public static TheoryData<Type> Simple =>
    [
        typeof(OrderPlaced), typeof(Numbers), typeof(Times), typeof(NullableValues), typeof(NullableReferences), typeof(Enums), typeof(InitOnly),
        typeof(Positional), typeof(Required), typeof(RequiredInParameters), typeof(GetSet), typeof(PrimaryConstructor), typeof(ManyParameters),
        typeof(Defaults), typeof(MutableStruct), typeof(ReadonlyStruct), typeof(StructWithConstructor), typeof(@class), typeof(Outer.Nested),
        typeof(CustomerMoved), typeof(Derived), typeof(OfGenericBase), typeof(OrderShipped), typeof(TreePlanted), typeof(SelfContaining),
        typeof(Generics), typeof(Empty), typeof(ContainsEvents), typeof(Arrays), typeof(Lists), typeof(Renamed), typeof(Included),
        typeof(IncludedInStruct), typeof(MarkedConstructor), typeof(RawJson), typeof(NamedEnums),
    ];

    [Theory]
    [MemberData(nameof(Simple))]
    public void What_was_written_is_read_in_a_straight_line(Type type)
    {
        foreach (var sample in Samples.All.Where(sample => sample.GetType() == type))
        {
            var descriptor = Json.Catalog.Find(type)!;
            Assert.True(descriptor.TryReadStraight(descriptor.Serialize(sample), out var read));
            Assert.IsType(type, read);
        }
    }

    [Theory]
    [InlineData("""{"orderId":"0b9c3cf6-8e3c-4f1e-9a55-3b7d7f0f6a11","customer":"Ada","amount":12.50}""")]
    [InlineData("""{"amount":1,"customer":null,"orderId":"0b9c3cf6-8e3c-4f1e-9a55-3b7d7f0f6a11"}""")]
    [InlineData("""{"customer":"\u0041da","gone":{"a":[1,{}]},"Amount":"other case"}""")]
    [InlineData(" { } ")]
    [InlineData("null")]
    public void Another_order_missing_and_unknown_members_are_no_surprise(string json) => Assert.True(IsStraight<OrderPlaced>(json));

    [Theory]
    [InlineData("""{"orderId":null}""")]
    [InlineData("""{"orderId":"no id"}""")]
    [InlineData("""{"customer":5}""")]
    [InlineData("""{"amount":"1"}""")]
    [InlineData("""{"amount":1,"amount":2}""")]
    [InlineData("""{"\u0061mount":1}""")]
    [InlineData("""{"amount":1}{}""")]
    [InlineData("""{"amount":1,}""")]
    [InlineData("""{"customer":"\ud800"}""")]
    [InlineData("""{"amount":1""")]
    [InlineData("[]")]
    [InlineData("")]
    public void On_a_surprise_the_metadata_reads_from_the_beginning(string json) => Assert.False(IsStraight<OrderPlaced>(json));

    [Fact]
    public void A_missing_required_member_is_a_surprise() => Assert.False(IsStraight<Required>("""{"name":"n"}"""));

    [Fact]
    public void Names_beyond_ASCII_are_found_as_they_are_written_and_as_they_are()
    {
        var descriptor = Json.Catalog.Find(typeof(Corpus.Odd.Größe))!;
        var value = new Corpus.Odd.Größe(1, "s", 2, 3);

        Assert.True(descriptor.TryReadStraight(descriptor.Serialize(value), out var read));
        Assert.Equal(value, read);
        Assert.True(descriptor.TryReadStraight("""{"länge":1,"straße":"s","überweisung":2,"ß":3}"""u8, out read));
        Assert.Equal(value, read);
    }

    [Fact]
    public void An_exception_of_the_users_own_code_comes_out_as_from_System_Text_Json()
    {
        var exception = Assert.Throws<ArgumentOutOfRangeException>(() => Json.Catalog.Find(typeof(Validates))!.Deserialize("""{"amount":-1}"""u8));

        Assert.StartsWith("negative", exception.Message, StringComparison.Ordinal);
    }

    /// <summary>Setters with code may depend on the order of JSON, which a constructor with parameters gives up.</summary>
    [Theory]
    [InlineData(typeof(SettersWithOrder))]
    [InlineData(typeof(Seventy))]
    [InlineData(typeof(Paid))]
    [InlineData(typeof(AllNumbersAsText))]
    [InlineData(typeof(KeepsTheRest))]
    [InlineData(typeof(Populated))]
    [InlineData(typeof(RefusesUnknown))]
    [InlineData(typeof(ConvertedMembers))]
    [InlineData(typeof(ContainsConverted))]
    [InlineData(typeof(Ignored))]
    [InlineData(typeof(Corpus.Documents))]
    [InlineData(typeof(Queues))]
    public void Events_that_are_not_simple_have_no_straight_reader(Type type)
        => Assert.False(Json.Catalog.Find(type)!.TryReadStraight("{}"u8, out _));

    private static bool IsStraight<T>(string json)
    {
        var descriptor = Json.Catalog.Find(typeof(T))!;
        var isStraight = descriptor.TryReadStraight(Encoding.UTF8.GetBytes(json), out var straight);
        if (isStraight)
            Assert.Equal(JsonSerializer.Deserialize<T>(json, Json.Reflection), (T?)straight);
        return isStraight;
    }
}
