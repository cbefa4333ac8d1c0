using EventStore.EF.Generators.Model;

namespace EventStore.EF.Generators.Diagnostics;

/// <summary>Finds upcasters that read the same version, and chains that end nowhere or form a circle.</summary>
internal static class UpcasterChains
{
    private const string OnlyOne = "each version has exactly one upcaster";

    /// <param name="sites">The upcasters.</param>
    /// <param name="contracts">The names and versions that types of this assembly read.</param>
    /// <param name="references">The referenced assemblies, with the names and versions that their types read.</param>
    public static IEnumerable<DiagnosticModel> Find(
        IEnumerable<UpcasterSite> sites, IEnumerable<ContractModel> contracts, IEnumerable<ReferenceModel> references)
    {
        var upcasters = sites
            .OrderBy(site => site.Location?.Path, StringComparer.Ordinal)
            .ThenBy(site => site.Location?.Span.Start)
            .ToList();
        var typed = new Dictionary<string, (UpcasterSite Site, string? To)>(StringComparer.Ordinal);
        var json = new Dictionary<(string, int), (UpcasterSite Site, (string, int) To)>();
        var known = contracts.Concat(references.SelectMany(reference => reference.Contracts))
            .GroupBy(contract => (contract.Name, contract.Version))
            .ToDictionary(group => group.Key, group => group.First().Type);
        foreach (var site in upcasters)
        {
            foreach (var upcast in site.Model.Upcasts)
            {
                if (typed.TryGetValue(upcast.From, out var other))
                    yield return Report(site, $"'{other.Site.Type}' also reads '{Short(upcast.From)}': {OnlyOne}");
                else
                    typed.Add(upcast.From, (site, upcast.To));
            }

            if (site.Model.Json is not { } source)
                continue;
            var version = $"'{source.Name}' version {source.Version}";
            if (known.TryGetValue((source.Name, source.Version), out var type))
                yield return Report(site, $"'{type}' reads {version}: implement IUpcaster<{type}, …>, or remove the type");
            else if (json.TryGetValue((source.Name, source.Version), out var other))
                yield return Report(site, $"'{other.Site.Type}' also reads {version}: {OnlyOne}");
            else
                json.Add((source.Name, source.Version), (site, (source.ToName, source.ToVersion)));
        }

        foreach (var pair in typed)
        {
            var to = pair.Value.To;
            for (var i = 0; to is not null && to != pair.Key && i < typed.Count; i++)
                to = typed.TryGetValue(to, out var next) ? next.To : null;
            if (to == pair.Key)
                yield return Report(pair.Value.Site, $"the chain from '{Short(pair.Key)}' leads back to it");
        }

        foreach (var pair in json)
        {
            var to = pair.Value.To;
            if (!json.ContainsKey(to) && !known.ContainsKey(to))
            {
                yield return Report(
                    pair.Value.Site, $"no type and no other upcaster reads '{to.Item1}' version {to.Item2}, which it leads to");
            }

            for (var i = 0; i < json.Count && to != pair.Key && json.TryGetValue(to, out var next); i++)
                to = next.To;
            if (to == pair.Key)
                yield return Report(pair.Value.Site, $"the chain from '{to.Item1}' version {to.Item2} leads back to it");
        }
    }

    private static DiagnosticModel Report(UpcasterSite site, string problem)
        => new(Descriptors.InvalidUpcaster, site.Location, new[] { site.Type, problem }.ToEquatableArray());

    private static string Short(string code) => code.Substring(code.LastIndexOfAny(['.', ':']) + 1);
}
