using System.Text.Json;
using System.Text.Json.Serialization;

namespace EventStore.EF.Generators.Tests.Serialization;

/// <summary>What an application's converters write is checked before a database refuses it.</summary>
public sealed class WrittenJsonTests
{
    [Theory]
    [InlineData(0, true)]
    [InlineData(1, false)]
    [InlineData(2, true)]
    public void A_converter_that_does_not_write_one_value_is_reported_with_its_member(int values, bool isRefused)
    {
        var descriptor = Json.Catalog.Find(typeof(Weighed))!;
        var weighed = new Weighed(1, new Crate(new Weight(values), "x"));

        if (!isRefused)
        {
            Assert.Equal("""{"id":1,"crate":{"weight":0,"label":"x"}}"""u8, descriptor.Serialize(weighed));
            return;
        }

        var exception = Assert.Throws<JsonException>(() => descriptor.Serialize(weighed));
        Assert.Contains("'crate.weight'", exception.Message, StringComparison.Ordinal);
    }
}

[Event]
public sealed record Weighed(int Id, Crate Crate);

public sealed record Crate(Weight Weight, string Label);

[JsonConverter(typeof(WeightConverter))]
public readonly record struct Weight(int Values);

public sealed class WeightConverter : JsonConverter<Weight>
{
    public override Weight Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => new(reader.GetInt32());

    public override void Write(Utf8JsonWriter writer, Weight value, JsonSerializerOptions options)
    {
        for (var i = 0; i < value.Values; i++)
            writer.WriteNumberValue(i);
    }
}
