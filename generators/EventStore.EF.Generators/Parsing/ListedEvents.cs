using EventStore.EF.Generators.Diagnostics;
using EventStore.EF.Generators.Model;
using Microsoft.CodeAnalysis;

namespace EventStore.EF.Generators.Parsing;

/// <summary>The events of other assemblies that <c>[assembly: Events(…)]</c> lists, because no generator runs there.</summary>
internal static class ListedEvents
{
    public static EquatableArray<ParsedEvent> Parse(Compilation compilation, CancellationToken ct)
    {
        var found = new List<ParsedEvent>();
        var seen = new HashSet<ISymbol>(SymbolEqualityComparer.Default);
        foreach (var (type, site) in Types(compilation))
        {
            // An event of this assembly has been found already.
            if (!SymbolEqualityComparer.Default.Equals(type.ContainingAssembly, compilation.Assembly) && seen.Add(type))
                found.Add(ParsedEvent.Of(type, type.Attribute(KnownNames.EventAttribute), compilation, site, ct));
        }

        return found.ToEquatableArray();
    }

    /// <summary>The listed types, each with the place of the attribute.</summary>
    public static IEnumerable<(INamedTypeSymbol Type, LocationModel? Site)> Types(Compilation compilation)
    {
        foreach (var attribute in compilation.Assembly.GetAttributes())
        {
            if (attribute.AttributeClass is not { Name: "EventsAttribute" } c || c.FullName() != KnownNames.EventsAttribute
                || attribute.ConstructorArguments.Length != 1 || attribute.ConstructorArguments[0].IsNull)
            {
                continue;
            }

            var site = LocationModel.Of(attribute.ApplicationSyntaxReference?.GetSyntax().GetLocation());
            foreach (var value in attribute.ConstructorArguments[0].Values)
            {
                if (value.Value is INamedTypeSymbol { TypeKind: not TypeKind.Error } type)
                    yield return (type, site);
            }
        }
    }
}
