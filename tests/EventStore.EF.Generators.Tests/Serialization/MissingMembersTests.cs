using System.Text.Json;
using EventStore.EF.Generators.Tests.Corpus;

namespace EventStore.EF.Generators.Tests.Serialization;

public sealed class MissingMembersTests
{
    [Fact]
    public void Init_only_members_that_old_json_lacks_keep_their_initializers()
    {
        var value = Assert.IsType<InitOnly>(Read("{}", typeof(InitOnly)));

        Assert.Equal(7, value.Number);
        Assert.Equal("kept", value.Text);
        Assert.Equal([1, 2], value.List);
        Assert.Equal(Weekday.Sunday, value.Day);
        Assert.Equal(5, value.Optional);
    }

    [Fact]
    public void Init_only_members_that_json_has_are_set()
    {
        var value = Assert.IsType<InitOnly>(Read("""{"number":0,"text":null,"list":[],"day":0,"optional":null}""", typeof(InitOnly)));

        Assert.Equal(0, value.Number);
        Assert.Null(value.Text);
        Assert.Empty(value.List);
        Assert.Equal(Weekday.Monday, value.Day);
        Assert.Null(value.Optional);
    }

    [Fact]
    public void Init_only_members_beside_constructor_parameters_keep_their_initializers()
        => Assert.Equal(new Positional(1, "b"), Read("""{"a":1,"b":"b"}""", typeof(Positional)));

    [Fact]
    public void Parameters_that_json_lacks_have_their_default_values() => Assert.Equal(new Defaults(), Read("{}", typeof(Defaults)));

    [Fact]
    public void Required_members_that_json_lacks_are_refused_by_name()
        => Assert.Contains("'count'", Assert.Throws<JsonException>(() => Read("""{"name":"n"}""", typeof(Required))).Message, StringComparison.Ordinal);

    private static object? Read(string json, Type type) => JsonSerializer.Deserialize(json, Json.Generated(type));
}
