using EventStore.EF.Generators.Model;
using EventStore.EF.Generators.Parsing;
using Microsoft.CodeAnalysis;

namespace EventStore.EF.Generators.Contracts;

/// <summary>Creates the lines of EventContracts.txt.</summary>
internal static class ContractUpdate
{
    /// <summary>
    /// The new lines, sorted. The recorded lines of an event with a breaking change remain unless the break is accepted, as do those of
    /// an event that is gone. The lines of a version that an upcaster reads as JSON always remain.
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
    public static IEnumerable<EventContract> Contracts(Compilation compilation, CancellationToken ct)
        => compilation.Assembly.GlobalNamespace
            .AllTypes(ct)
            .Select(type => type.Attribute(KnownNames.EventAttribute) is { } attribute
                ? ContractParser.Parse(type, attribute, compilation, ct)
                : null)
            .OfType<EventContract>();
}
