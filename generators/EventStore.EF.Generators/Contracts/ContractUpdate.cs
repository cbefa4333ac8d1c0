using EventStore.EF.Generators.Model;
using EventStore.EF.Generators.Parsing;
using Microsoft.CodeAnalysis;

namespace EventStore.EF.Generators.Contracts;

/// <summary>Makes the lines of EventContracts.txt anew.</summary>
internal static class ContractUpdate
{
    /// <summary>
    /// The new lines, sorted. Of an event that breaks its record the recorded lines stay unless that is accepted; so do those of an
    /// event that is gone, and always those of a version that an upcaster reads by its JSON.
    /// </summary>
    public static IReadOnlyList<string> Lines(Compilation compilation, ContractFile? recorded, bool acceptBreaking, CancellationToken ct)
    {
        var events = new Dictionary<string, IReadOnlyList<ContractLine>>(StringComparer.Ordinal);
        var answered = new HashSet<string>(
            compilation.Assembly.GlobalNamespace.AllTypes(ct).Select(UpcasterParser.Json).OfType<JsonUpcastModel>()
                .Select(json => ContractLine.EventOf(json.Name, json.Version)),
            StringComparer.Ordinal);
        foreach (var pair in recorded?.Events ?? new Dictionary<string, List<ContractLine>>())
        {
            if (!acceptBreaking || answered.Contains(pair.Key))
                events[pair.Key] = pair.Value;
        }

        foreach (var contract in Contracts(compilation, ct))
        {
            foreach (var name in contract.Names)
            {
                if (acceptBreaking || !events.TryGetValue(name, out var lines)
                    || !ContractComparison.Compare(lines, contract.Nodes).Any(difference => difference.IsBreaking))
                {
                    events[name] = [.. contract.Lines(name)];
                }
            }
        }

        return [.. events.Values.SelectMany(lines => lines).Select(line => line.ToString()).OrderBy(line => line, StringComparer.Ordinal)];
    }

    /// <summary>The contracts of all events of the compilation.</summary>
    public static IEnumerable<EventContract> Contracts(Compilation compilation, CancellationToken ct) => compilation.Assembly.GlobalNamespace
        .AllTypes(ct)
        .Select(type => type.Attribute(KnownNames.EventAttribute) is { } attribute
            ? ContractParser.Parse(type, attribute, compilation, ct)
            : null)
        .OfType<EventContract>();
}
