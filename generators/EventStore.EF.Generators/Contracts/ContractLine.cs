using System.Globalization;

namespace EventStore.EF.Generators.Contracts;

/// <summary>One line of EventContracts.txt: what stands at one place in the JSON of one version of an event.</summary>
/// <param name="Event">The stored name and version: <c>order-placed/1</c>.</param>
/// <param name="Path">The place: <c>lines[].sku</c>; <see cref="Root"/> for the whole.</param>
/// <param name="Type">What stands there: <c>decimal</c>, <c>string?</c>, <c>guid!</c>; see <see cref="ContractType"/>.</param>
internal sealed record ContractLine(string Event, string Path, string Type)
{
    /// <summary>The path of the whole. It has a line only where there is no other: an event without members, or no object.</summary>
    public const string Root = "$";

    /// <summary>What the line is about; a file has one line for each.</summary>
    public string Key => $"{Event} {Path}";

    public override string ToString() => $"{Event} {Path} {Type}";

    /// <summary>The line, or <see langword="null"/> when the text is none.</summary>
    public static ContractLine? Parse(string text)
    {
        var parts = text.Split(' ');
        return parts.Length == 3 && IsEvent(parts[0]) && parts[1].Length > 0 && ContractType.IsWellFormed(parts[2])
            ? new(parts[0], parts[1], parts[2])
            : null;
    }

    /// <summary>A name and version as lines write it.</summary>
    public static string EventOf(string name, int version) => $"{name}/{version.ToString(CultureInfo.InvariantCulture)}";

    private static bool IsEvent(string text)
    {
        var slash = text.LastIndexOf('/');
        return slash > 0 && int.TryParse(text.Substring(slash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var version) && version > 0;
    }
}
