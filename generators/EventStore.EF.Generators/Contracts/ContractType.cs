namespace EventStore.EF.Generators.Contracts;

/// <summary>The type at a path in the JSON, free of C# names.</summary>
/// <param name="Name">
/// <c>int</c>, <c>string</c>, <c>guid</c> …; <c>object</c>, <c>array</c>, <c>map</c>; or a type with content, see
/// <paramref name="Content"/>.
/// </param>
/// <param name="Content">
/// The content of the parentheses: <c>enum(Open=0|Paid=1)</c> is stored by number, <c>enum(Open|Paid)</c> by name; <c>map(int)</c> has
/// keys of that type; <c>union(card|transfer)</c> has these derived types; <c>text(int)</c> is a number stored as text;
/// <c>ref(path)</c> is the same type as at that path.
/// </param>
/// <param name="IsNullable">Whether it may be null: <c>?</c>.</param>
/// <param name="IsRequired">Whether JSON without it is refused: <c>!</c>.</param>
/// <param name="IsComputed">Whether it is only written, and nothing reads it: <c>=</c>.</param>
internal sealed record ContractType(
    string Name, string? Content = null, bool IsNullable = false, bool IsRequired = false, bool IsComputed = false)
{
    public override string ToString()
        => Name + (Content is null ? "" : $"({Content})") + (IsNullable ? "?" : "") + (IsRequired ? "!" : "") + (IsComputed ? "=" : "");

    public static bool IsWellFormed(string text) => Read(text) is { Name: var name } && name.Length > 0 && name.All(char.IsLetterOrDigit);

    public static ContractType Parse(string text) => Read(text) ?? new(text);

    private static ContractType? Read(string text)
    {
        var name = text.TrimEnd('!', '?', '=');
        var suffix = text.Substring(name.Length);
        if (suffix is not ("" or "!" or "?" or "?!" or "=" or "?="))
            return null;
        var open = name.IndexOf('(');
        var (isNullable, isRequired, isComputed) = (suffix.Contains("?"), suffix.Contains("!"), suffix.Contains("="));
        if (open < 0)
            return new(name, null, isNullable, isRequired, isComputed);
        return name[name.Length - 1] == ')'
            ? new(name.Substring(0, open), name.Substring(open + 1, name.Length - open - 2), isNullable, isRequired, isComputed)
            : null;
    }
}
