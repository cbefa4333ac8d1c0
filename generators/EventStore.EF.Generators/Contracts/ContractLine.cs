using System.Globalization;

namespace EventStore.EF.Generators.Contracts;

/// <summary>One line of EventContracts.txt: the type at one path in the JSON of one version of an event.</summary>
/// <param name="Event">The stored name and version: <c>order-placed/1</c>.</param>
/// <param name="Path">The path: <c>lines[].sku</c>; <see cref="Root"/> for the whole document.</param>
/// <param name="Type">The type there: <c>decimal</c>, <c>string?</c>, <c>guid!</c>; see <see cref="ContractType"/>.</param>
internal sealed record ContractLine(string Event, string Path, string Type)
{
    /// <summary>The path of the whole document. It has a line only if the event has no members or isn't a JSON object.</summary>
    public const string Root = "$";

    /// <summary>The event and the path. A file has at most one line for each key.</summary>
    public string Key => $"{Event} {Path}";

    public override string ToString() => $"{Event} {Path} {Type}";

    /// <summary>The line, or <see langword="null"/> if the text is malformed.</summary>
    public static ContractLine? Parse(string text)
    {
        var parts = text.Split(' ');
        return parts.Length == 3 && IsEvent(parts[0]) && parts[1].Length > 0 && ContractType.IsWellFormed(parts[2])
            ? new(parts[0], parts[1], parts[2])
            : null;
    }

    /// <summary>A name and version in the form used in lines.</summary>
    public static string EventOf(string name, int version) => $"{name}/{version.ToString(CultureInfo.InvariantCulture)}";

    private static bool IsEvent(string text)
    {
        var slash = text.LastIndexOf('/');
        return slash > 0
            && int.TryParse(text.Substring(slash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var version)
            && version > 0;
    }
}
