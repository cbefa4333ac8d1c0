using System.Collections.Immutable;
using System.Globalization;
using EventStore.EF.Generators.Contracts;
using EventStore.EF.Generators.Diagnostics;
using EventStore.EF.Generators.Parsing;
using Microsoft.CodeAnalysis;

namespace EventStore.EF.Generators.Analyzers;

/// <summary>Words the differences between an event and its record, with what the fixes need to mend them.</summary>
internal static class ContractDiagnostics
{
    /// <summary>The name in JSON that a renamed member had.</summary>
    public const string JsonNameProperty = "JsonName";

    public static Diagnostic Breaking(
        EventContract contract, string name, ContractDifference difference, IReadOnlyList<ContractDifference> all)
    {
        var site = difference.Current?.Site;
        var location = site?.FirstLocation() ?? contract.Type.FirstLocation();
        switch (difference.Change)
        {
            case ContractChange.Removed:
                var renamed = RenamedTo(difference, all);
                return Diagnostic.Create(
                    Descriptors.PropertyRemoved,
                    renamed?.Site.FirstLocation() ?? contract.Type.FirstLocation(),
                    renamed is null ? null : ImmutableDictionary<string, string?>.Empty.Add(JsonNameProperty, Name(difference.Path)),
                    contract.Type.Display(), difference.Path, name);
            case ContractChange.Changed:
                return Diagnostic.Create(
                    Descriptors.PropertyChanged, location, contract.Type.Display(), difference.Path, name, difference.Recorded, difference.Current!.Type);
            default:
                return Diagnostic.Create(Descriptors.PropertyRequired, location, contract.Type.Display(), difference.Path, name);
        }
    }

    public static Diagnostic NotRecorded(EventContract contract, string name, int count) => Diagnostic.Create(
        Descriptors.ContractNotRecorded, contract.Type.FirstLocation(), contract.Type.Display(), name, count.ToString(CultureInfo.InvariantCulture));

    /// <summary>The member, new and of a type that can read it, that one that is gone was renamed to; none when several could be.</summary>
    private static ContractNode? RenamedTo(ContractDifference removed, IReadOnlyList<ContractDifference> all)
    {
        var candidates = all
            .Where(other => other is { Recorded: null, Current: not null }
                && Parent(other.Path) == Parent(removed.Path)
                && !IsPart(other.Path) && !IsPart(removed.Path)
                && Readability.CanRead(removed.Recorded!, other.Current.Type))
            .ToList();
        return candidates.Count == 1 ? candidates[0].Current : null;
    }

    /// <summary>Whether it is no member, but the elements of one.</summary>
    private static bool IsPart(string path) => path[path.Length - 1] is ']' or '}' or ')';

    private static string Name(string path) => ContractNames.Unescape(path.Substring(path.LastIndexOf('.') + 1));

    private static string Parent(string path) => path.Substring(0, path.LastIndexOf('.') + 1);
}
