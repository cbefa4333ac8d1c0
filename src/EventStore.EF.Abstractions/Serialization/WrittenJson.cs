using System.Text;
using System.Text.Json;

namespace EventStore.EF;

/// <summary>
/// Checks JSON to which converters of the application contributed. System.Text.Json doesn't check what they write, and a database would
/// refuse the result with an error that names neither the event nor the member.
/// </summary>
internal static class WrittenJson
{
    /// <exception cref="JsonException">The JSON is malformed; the message names the member whose value is to blame.</exception>
    public static void Check(ReadOnlySpan<byte> json)
    {
        var path = new List<string>();
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = EventJsonOptions.MaxDepth + 1 });
        try
        {
            while (reader.Read())
                Follow(ref reader, path);
        }
        catch (JsonException exception)
        {
            throw new JsonException($"The value of '{Describe(path)}' was not written as one JSON value; check its converter.", exception);
        }
    }

    /// <summary>The names of the members up to the current token; an element of an array has an empty name.</summary>
    private static void Follow(ref Utf8JsonReader reader, List<string> path)
    {
        var isName = reader.TokenType == JsonTokenType.PropertyName;
        var depth = isName ? reader.CurrentDepth - 1 : reader.CurrentDepth;
        while (path.Count > depth)
            path.RemoveAt(path.Count - 1);
        if (!isName)
            return;
        while (path.Count < depth)
            path.Add("");
        path.Add(Encoding.UTF8.GetString(reader.ValueSpan));
    }

    private static string Describe(List<string> path)
        => path.Count == 0 ? "$" : string.Join('.', path.Where(name => name.Length > 0));
}
