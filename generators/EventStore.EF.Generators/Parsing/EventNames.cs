using System.Text;

namespace EventStore.EF.Generators.Parsing;

/// <summary>Derives and validates the stored names of events.</summary>
internal static class EventNames
{
    public const int MaxLength = 200;

    /// <summary>
    /// <c>OrderPlaced</c> → <c>order-placed</c>, <c>HTTPRequestSent</c> → <c>http-request-sent</c>. Digits belong to the preceding
    /// word and end it: <c>OrderV2Placed</c> → <c>order-v2-placed</c>. An underscore separates words.
    /// </summary>
    public static string KebabCase(string typeName)
    {
        var name = new StringBuilder(typeName.Length + 8);
        for (var i = 0; i < typeName.Length; i++)
        {
            var c = typeName[i];
            if (c == '_')
            {
                Boundary(name);
                continue;
            }

            if (char.IsUpper(c) && i > 0 && StartsWord(typeName, i))
                Boundary(name);
            name.Append(char.ToLowerInvariant(c));
        }

        return name.ToString().TrimEnd('-');
    }

    /// <summary>The problem with a name, or <see langword="null"/> if it is valid.</summary>
    public static string? Problem(string? name)
    {
        if (string.IsNullOrEmpty(name))
            return "its name is empty";
        if (name!.Length > MaxLength)
            return $"its name has {name.Length} characters; at most {MaxLength} are allowed";
        foreach (var c in name)
        {
            if (!char.IsLetterOrDigit(c) && c is not ('.' or '-' or '_' or ':'))
                return $"its name '{name}' contains '{c}'; letters, digits, '.', '-', '_' and ':' are allowed";
        }

        return null;
    }

    /// <summary>A capital starts a word after a lowercase letter or a digit, and as the last of several capitals.</summary>
    private static bool StartsWord(string name, int i)
        => !char.IsUpper(name[i - 1]) || (i + 1 < name.Length && char.IsLower(name[i + 1]));

    private static void Boundary(StringBuilder name)
    {
        if (name.Length > 0 && name[name.Length - 1] != '-')
            name.Append('-');
    }
}
