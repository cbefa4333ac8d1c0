using System.Text;

namespace EventStore.EF.Generators.Model;

/// <summary>The name of a type in emitted code, and the id in the name of its generated class.</summary>
/// <param name="Code">The name with <c>global::</c> and without nullable annotations: <c>global::Shop.OrderPlaced</c>.</param>
/// <param name="Id">An identifier, unique and stable for the type: <c>OrderPlaced_1a2b3c4d</c>.</param>
internal sealed record TypeName(string Code, string Id)
{
    public static TypeName Of(string code, string shortName) => new(code, $"{Identifier(shortName)}_{Hash(code)}");

    /// <summary>The name, with every character that isn't valid in an identifier replaced by <c>_</c>.</summary>
    public static string Identifier(string name)
    {
        var identifier = new StringBuilder(name.Length);
        foreach (var c in name)
            identifier.Append(char.IsLetterOrDigit(c) ? c : '_');
        if (identifier.Length == 0 || char.IsDigit(identifier[0]))
            identifier.Insert(0, '_');
        return identifier.ToString();
    }

    /// <summary>The FNV-1a hash: short, and unlike <see cref="string.GetHashCode()"/> the same in every process.</summary>
    public static string Hash(string text) => Number(text).ToString("x8", System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>The index of the bucket that the type falls into. It never changes.</summary>
    public int Bucket(int count) => (int)(Number(Code) % (uint)count);

    private static uint Number(string text)
    {
        var hash = 2166136261u;
        foreach (var c in text)
            hash = unchecked((hash ^ c) * 16777619u);
        return hash;
    }
}
