namespace EventStore.EF.Generators.Parsing;

/// <summary>Converts names as <c>JsonNamingPolicy.CamelCase</c> does. Emitted writers contain the names as constants.</summary>
internal static class CamelCase
{
    /// <summary>Lowers the leading capitals, but not the one that begins the next word: <c>URLValue</c> → <c>urlValue</c>.</summary>
    public static string Of(string name)
    {
        if (name.Length == 0 || !char.IsUpper(name[0]))
            return name;

        var chars = name.ToCharArray();
        for (var i = 0; i < chars.Length; i++)
        {
            var isUpper = char.IsUpper(chars[i]);
            var nextIsUpper = i + 1 >= chars.Length || char.IsUpper(chars[i + 1]);
            if (i > 0 && (!nextIsUpper || (i == 1 && !isUpper)))
                break;
            chars[i] = char.ToLowerInvariant(chars[i]);
        }

        return new string(chars);
    }
}
