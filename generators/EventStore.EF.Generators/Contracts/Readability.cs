namespace EventStore.EF.Generators.Contracts;

/// <summary>Decides whether a type can read JSON stored as another type without loss. The rules are in docs/events.md.</summary>
internal static class Readability
{
    private static readonly HashSet<string> Texts = new(StringComparer.Ordinal)
    {
        "string", "char", "guid", "datetime", "datetimeoffset", "date", "time", "duration", "uri", "version",
    };

    /// <summary>The number of bits of each integer type, negative for unsigned types.</summary>
    private static readonly Dictionary<string, int> Integers = new(StringComparer.Ordinal)
    {
        ["sbyte"] = 8,
        ["short"] = 16,
        ["int"] = 32,
        ["long"] = 64,
        ["int128"] = 128,
        ["byte"] = -8,
        ["ushort"] = -16,
        ["uint"] = -32,
        ["ulong"] = -64,
        ["uint128"] = -128,
    };

    /// <summary>For each floating-point type, the bits of the largest integers it holds exactly, and its rank by size.</summary>
    private static readonly Dictionary<string, (int Bits, int Rank)> Floats = new(StringComparer.Ordinal)
    {
        ["half"] = (11, 0),
        ["float"] = (24, 1),
        ["double"] = (53, 2),
    };

    public static bool CanRead(ContractType stored, ContractType current)
    {
        if (current.Name == "json")
            return true;
        return (!stored.IsNullable || current.IsNullable) && CanReadValue(stored, current);
    }

    private static bool CanReadValue(ContractType stored, ContractType current)
    {
        if (stored.Name == current.Name)
        {
            return stored.Content == current.Content || stored.Name switch
            {
                "enum" => HasAllValues(stored.Content, current.Content),
                "map" => CanReadValue(new(stored.Content ?? "string"), new(current.Content ?? "string")),
                "union" => HasAllNames(stored.Content, current.Content),
                _ => false,
            };
        }

        return current.Name switch
        {
            "string" => Texts.Contains(stored.Name) || (stored.Name == "enum" && !IsNumeric(stored.Content)),
            "union" => stored.Name == "object" && Union(current.Content).Names.Contains(""),
            "object" => stored is { Name: "union", Content: "" }, // All derived types have no name, so they leave no trace in the JSON.
            _ => CanReadNumber(stored.Name, current.Name),
        };
    }

    public static bool IsNumber(string name) => name == "decimal" || Integers.ContainsKey(name) || Floats.ContainsKey(name);

    private static bool CanReadNumber(string stored, string current)
    {
        if (Integers.TryGetValue(stored, out var bits))
        {
            if (Integers.TryGetValue(current, out var other))
                return other < 0 ? bits < 0 && bits >= other : Math.Abs(bits) < other || bits == other;
            return current == "decimal"
                ? Math.Abs(bits) <= 64
                : Floats.TryGetValue(current, out var number) && Math.Abs(bits) <= number.Bits;
        }

        return Floats.TryGetValue(stored, out var from) && Floats.TryGetValue(current, out var to) && from.Rank <= to.Rank;
    }

    /// <summary>An enum stored by number may rename its values, one stored by name may renumber them. Neither may lose a value.</summary>
    private static bool HasAllValues(string? stored, string? current)
    {
        if (IsNumeric(stored) != IsNumeric(current))
            return false;
        var values = new HashSet<string>(Split(current).Select(Stored), StringComparer.Ordinal);
        return Split(stored).Select(Stored).All(values.Contains);

        static string Stored(string value) => value.Substring(value.IndexOf('=') + 1);
    }

    private static bool HasAllNames(string? stored, string? current)
    {
        var (from, to) = (Union(stored), Union(current));
        return from.Property == to.Property && from.Names.All(to.Names.Contains);
    }

    private static (string Property, string[] Names) Union(string? content)
    {
        var names = content ?? "";
        var colon = names.IndexOf(':');
        return (colon < 0 ? "" : names.Substring(0, colon), names.Substring(colon + 1).Split('|'));
    }

    private static bool IsNumeric(string? content) => content?.Contains("=") == true;

    private static string[] Split(string? content) => string.IsNullOrEmpty(content) ? [] : content!.Split('|');
}
