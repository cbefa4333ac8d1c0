using System.Globalization;
using System.Text;

namespace EventStore.EF.Generators.Contracts;

/// <summary>Escapes JSON names for use in a line: names of members, enum values and derived types.</summary>
internal static class ContractNames
{
    /// <summary>
    /// Keeps letters, digits, <c>_</c> and <c>-</c>. Any other character could be mistaken for syntax of lines or of MSBuild, and is
    /// written as <c>~</c> and its four hexadecimal digits.
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
