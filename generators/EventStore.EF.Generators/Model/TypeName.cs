using System.Text;

namespace EventStore.EF.Generators.Model;

/// <summary>A type as emitted code writes it, and the name of the class generated for it.</summary>
/// <param name="Code">With <c>global::</c>, without nullable annotations: <c>global::Shop.OrderPlaced</c>.</param>
/// <param name="Id">Unique and stable for the type: <c>OrderPlaced_1a2b3c4d</c>.</param>
internal sealed record TypeName(string Code, string Id)
{
    public static TypeName Of(string code, string shortName) => new(code, $"{Identifier(shortName)}_{Hash(code)}");

    /// <summary>The name with all that can't stand in an identifier replaced by <c>_</c>.</summary>
    public static string Identifier(string name)
    {
        var identifier = new StringBuilder(name.Length);
        foreach (var c in name)
            identifier.Append(char.IsLetterOrDigit(c) ? c : '_');
        if (identifier.Length == 0 || char.IsDigit(identifier[0]))
            identifier.Insert(0, '_');
        return identifier.ToString();
    }

    /// <summary>FNV-1a: short, and the same in every process, which <see cref="string.GetHashCode()"/> isn't.</summary>
    public static string Hash(string text) => Number(text).ToString("x8", System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>In which of so many buckets the type falls, the same for ever.</summary>
    public int Bucket(int count) => (int)(Number(Code) % (uint)count);

    private static uint Number(string text)
    {
        var hash = 2166136261u;
        foreach (var c in text)
            hash = unchecked((hash ^ c) * 16777619u);
        return hash;
    }
}
