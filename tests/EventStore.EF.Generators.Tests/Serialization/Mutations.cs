using System.Text.Json;
using System.Text.Json.Nodes;

namespace EventStore.EF.Generators.Tests.Serialization;

/// <summary>JSON that an event never wrote, made from JSON that it did: what old versions, other programs and hands leave behind.</summary>
internal static class Mutations
{
    private static readonly string[] WrongValues = ["null", "true", "-1", "1.5", "99999999999999999999", "\"text\"", "\"\"", "[]", "[null]", "{}", "{\"x\":1}"];

    public static IEnumerable<string> Of(string json)
    {
        yield return json;
        yield return "null";
        yield return "[]";
        yield return "{}";
        yield return "\"text\"";
        yield return "{\"unknown\":{\"a\":[1]}," + json.TrimStart('{');
        var count = Members(JsonNode.Parse(json)).Count();
        for (var i = 0; i < count; i++)
        {
            yield return Changed(json, i, (parent, name) => parent.Remove(name));
            yield return Changed(json, i, (parent, name) => Rename(parent, name, name.ToUpperInvariant()));
            foreach (var wrong in WrongValues)
                yield return Changed(json, i, (parent, name) => parent[name] = JsonNode.Parse(wrong));
            foreach (var wrong in WrongValues)
            {
                yield return Duplicated(json, i, wrong, last: true);
                yield return Duplicated(json, i, wrong, last: false);
            }
        }
    }

    private static string Changed(string json, int index, Action<JsonObject, string> change)
    {
        var root = JsonNode.Parse(json)!;
        var (parent, name) = Members(root).ElementAt(index);
        change(parent, name);
        return root.ToJsonString();
    }

    /// <summary>JsonNode can't hold a name twice, so the second one goes in under a placeholder.</summary>
    private static string Duplicated(string json, int index, string value, bool last)
    {
        var root = JsonNode.Parse(json)!;
        var (parent, name) = Members(root).ElementAt(index);
        if (last)
            parent.Add("placeholder", JsonNode.Parse(value));
        else
            parent.Insert(0, "placeholder", JsonNode.Parse(value));
        return root.ToJsonString().Replace("\"placeholder\"", JsonSerializer.Serialize(name), StringComparison.Ordinal);
    }

    private static void Rename(JsonObject parent, string name, string newName)
    {
        var value = parent[name];
        parent.Remove(name);
        parent[newName] = value;
    }

    private static IEnumerable<(JsonObject Parent, string Name)> Members(JsonNode? node) => node switch
    {
        JsonObject obj => obj.SelectMany(pair => Members(pair.Value).Prepend((obj, pair.Key))),
        JsonArray array => array.SelectMany(Members),
        _ => [],
    };
}
