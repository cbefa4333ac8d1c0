using System.Globalization;
using System.Text;

namespace EventStore.EF.Generators.Contracts;

/// <summary>Names inside a line: of members, enum values and derived types, as they stand in JSON.</summary>
internal static class ContractNames
{
    /// <summary>
    /// Letters, digits, <c>_</c> and <c>-</c> as they are; anything else, which would be mistaken for the grammar of lines or of
    /// MSBuild, as <c>~</c> and its four hexadecimal digits.
    /// </summary>
    public static string Escape(string name)
    {
        if (name.All(IsPlain))
            return name;
        var escaped = new StringBuilder(name.Length + 8);
        foreach (var c in name)
        {
            if (IsPlain(c))
                escaped.Append(c);
            else
                escaped.Append('~').Append(((int)c).ToString("x4", CultureInfo.InvariantCulture));
        }

        return escaped.ToString();
    }

    /// <summary>The name as it was before <see cref="Escape"/>.</summary>
    public static string Unescape(string name)
    {
        var parts = name.Split('~');
        return parts[0] + string.Concat(parts.Skip(1).Select(part => part.Length < 4
            ? part
            : (char)ushort.Parse(part.Substring(0, 4), NumberStyles.HexNumber, CultureInfo.InvariantCulture) + part.Substring(4)));
    }

    private static bool IsPlain(char c) => char.IsLetterOrDigit(c) || c is '_' or '-';
}
