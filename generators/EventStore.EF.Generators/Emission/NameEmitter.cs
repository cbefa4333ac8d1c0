using System.Globalization;
using System.Text;
using EventStore.EF.Generators.Model;

namespace EventStore.EF.Generators.Emission;

/// <summary>Emits the method that finds a member by the bytes of its name, by length first, so that few names are compared.</summary>
internal static class NameEmitter
{
    public static void Emit(SourceWriter code, IReadOnlyList<MemberModel> members)
    {
        var spellings = members
            .SelectMany((member, i) => Spellings(member.JsonName).Distinct().Select(name => (Name: name, Index: i)))
            .GroupBy(spelling => Encoding.UTF8.GetByteCount(spelling.Name))
            .OrderBy(group => group.Key);
        code.Line()
            .Line($"private static int IndexOf({Code.Bytes} name) => name.Length switch")
            .Line("{");
        foreach (var group in spellings)
        {
            var found = group.Select(s => $"{Code.Values}Is(name, {GeneratedFile.Literal(s.Name)}u8) ? {Code.Number(s.Index)}");
            code.Line($"    {Code.Number(group.Key)} => {string.Join(" : ", found)} : -1,");
        }

        code.Line("    _ => -1,").Line("};");
    }

    /// <summary>The name and its escaped form. A name that is not valid in JSON as it is has only the escaped form.</summary>
    private static IEnumerable<string> Spellings(string name)
        => name.Any(c => c is < ' ' or '"' or '\\') ? [Escaped(name)] : [name, Escaped(name)];

    /// <summary>The name as the default encoder of System.Text.Json writes it. Other escaped forms are read by metadata.</summary>
    private static string Escaped(string name)
    {
        var escaped = new StringBuilder(name.Length);
        foreach (var c in name)
        {
            if (c is >= ' ' and < '\x7f' and not ('"' or '&' or '\'' or '+' or '<' or '>' or '\\' or '`'))
                escaped.Append(c);
            else
                escaped.Append(Short(c) ?? "\\u" + ((int)c).ToString("X4", CultureInfo.InvariantCulture));
        }

        return escaped.ToString();
    }

    private static string? Short(char c) => c switch
    {
        '\b' => "\\b",
        '\f' => "\\f",
        '\n' => "\\n",
        '\r' => "\\r",
        '\t' => "\\t",
        '\\' => @"\\",
        _ => null,
    };
}
