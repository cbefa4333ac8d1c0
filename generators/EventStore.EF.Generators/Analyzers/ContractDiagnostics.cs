using System.Collections.Immutable;
using System.Globalization;
using EventStore.EF.Generators.Contracts;
using EventStore.EF.Generators.Diagnostics;
using EventStore.EF.Generators.Parsing;
using Microsoft.CodeAnalysis;

namespace EventStore.EF.Generators.Analyzers;

/// <summary>Creates the diagnostics for differences between an event and its recorded contract, with data for the fixes.</summary>
internal static class ContractDiagnostics
{
    /// <summary>The key of the property with the former JSON name of a renamed member.</summary>
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
                    Descriptors.PropertyChanged, location,
                    contract.Type.Display(), difference.Path, name, difference.Recorded, difference.Current!.Type);
            default:
                return Diagnostic.Create(Descriptors.PropertyRequired, location, contract.Type.Display(), difference.Path, name);
        }
    }

    public static Diagnostic NotRecorded(EventContract contract, string name, int count) => Diagnostic.Create(
        Descriptors.ContractNotRecorded, contract.Type.FirstLocation(),
        contract.Type.Display(), name, count.ToString(CultureInfo.InvariantCulture));

    /// <summary>The member that a removed one was renamed to: the only new member whose type can read it, or null.</summary>
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

    /// <summary>Whether the path names the elements or a derived type of a member, not a member.</summary>
    private static bool IsPart(string path) => path[path.Length - 1] is ']' or '}' or ')';

    private static string Name(string path) => ContractNames.Unescape(path.Substring(path.LastIndexOf('.') + 1));

    private static string Parent(string path) => path.Substring(0, path.LastIndexOf('.') + 1);
}
