using System.Globalization;
using EventStore.EF.Generators.Model;

namespace EventStore.EF.Generators.Diagnostics;

/// <summary>Finds types that share a stored name and version, in this assembly and the referenced ones.</summary>
internal static class DuplicateNames
{
    public static EquatableArray<DiagnosticModel> Find(IEnumerable<ContractSite> sites, IEnumerable<ReferenceModel> references)
    {
        var seen = new Dictionary<(string Name, int Version), string>();
        var found = new List<DiagnosticModel>();
        foreach (var reference in references)
        {
            foreach (var contract in reference.Contracts)
                Check(contract, $"{contract.Type} in {reference.Name}", location: null);
        }

        foreach (var site in sites.OrderBy(site => site.Location?.Path, StringComparer.Ordinal).ThenBy(site => site.Location?.Span.Start))
        {
            foreach (var contract in site.Contracts)
                Check(contract, contract.Type, site.Location);
        }

        return found.ToEquatableArray();

        void Check(ContractModel contract, string type, LocationModel? location)
        {
            if (seen.TryGetValue((contract.Name, contract.Version), out var other))
            {
                var version = contract.Version.ToString(CultureInfo.InvariantCulture);
                found.Add(new(Descriptors.DuplicateName, location, new[] { type, other, contract.Name, version }.ToEquatableArray()));
            }
            else
            {
                var line = (location?.Lines.Start.Line + 1)?.ToString(CultureInfo.InvariantCulture);
                seen.Add((contract.Name, contract.Version), location is null ? type : $"{type} ({location.Path}:{line})");
            }
        }
    }
}
