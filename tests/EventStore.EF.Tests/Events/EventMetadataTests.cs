using System.Text;
using CsCheck;

namespace EventStore.EF.Tests.Events;

public class EventMetadataTests
{
    [Fact]
    public void Metadata_survives_its_json()
        => Gen.Dictionary(Gen.String[1, 20], Gen.String[0, 50])[0, 8].Where(IsWellFormed).Sample(values =>
        {
            var read = EventMetadata.FromJson(EventMetadata.From(values).ToJson());
            Assert.Equal(values.OrderBy(pair => pair.Key, StringComparer.Ordinal), read);
        });

    [Fact]
    public void No_metadata_is_no_json() => Assert.Null(EventMetadata.Empty.ToJson());

    [Fact]
    public void Values_that_others_wrote_as_something_else_than_text_are_kept_as_their_json()
        => Assert.Equal("""{"a":1}""", EventMetadata.FromJson("""{"n":42,"o":{"a":1}}"""u8)["o"]);

    [Fact]
    public void With_leaves_the_original_as_it_is()
    {
        var original = new EventMetadata { ["user"] = "ada" };

        Assert.Equal("bob", original.With("user", "bob")["user"]);
        Assert.Equal("ada", original["user"]);
    }

    [Fact]
    public void Empty_keys_and_missing_values_are_refused()
    {
        Assert.Throws<ArgumentException>(() => new EventMetadata { [""] = "x" });
        Assert.Throws<ArgumentNullException>(() => new EventMetadata { ["x"] = null! });
        Assert.Throws<ArgumentNullException>(() => EventMetadata.From([new("x", null!)]));
    }

    [Fact]
    public void Text_that_is_no_Unicode_is_refused()
    {
        Assert.Contains("U+D800", Assert.Throws<ArgumentException>(() => new EventMetadata { ["x"] = "a\ud800" }).Message, StringComparison.Ordinal);
        Assert.Contains("U+DC00", Assert.Throws<ArgumentException>(() => new EventMetadata { ["\udc00"] = "x" }).Message, StringComparison.Ordinal);
        Assert.Equal("\ufffd😀", new EventMetadata { ["x"] = "\ufffd😀" }["x"]);
    }

    private static bool IsWellFormed(Dictionary<string, string> values)
        => values.All(pair => IsWellFormed(pair.Key) && IsWellFormed(pair.Value));

    private static bool IsWellFormed(string text) => text == Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text));
}
