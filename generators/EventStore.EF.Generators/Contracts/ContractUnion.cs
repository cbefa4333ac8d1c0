using EventStore.EF.Generators.Parsing;
using Microsoft.CodeAnalysis;

namespace EventStore.EF.Generators.Contracts;

/// <summary>A base type that is stored with the name of what it is: <c>[JsonDerivedType]</c>.</summary>
/// <param name="Content">What stands in the parentheses: the derived types' names, an empty one for the base itself.</param>
/// <param name="Derived">The derived types by name.</param>
/// <param name="Nameless">Those that are stored without a name, and so read back as the base.</param>
internal sealed record ContractUnion(
    string Content, IReadOnlyList<(string Name, INamedTypeSymbol Type)> Derived, IReadOnlyList<INamedTypeSymbol> Nameless)
{
    public static ContractUnion? Of(INamedTypeSymbol type)
    {
        var declarations = Polymorphism.Declarations(type).Where(declaration => declaration.Type is not null).ToList();
        if (declarations.Count == 0)
            return null;

        var derived = declarations
            .Where(declaration => declaration.Discriminator is not null)
            .Select(declaration => (
                Name: ContractNames.Escape(System.Convert.ToString(declaration.Discriminator, System.Globalization.CultureInfo.InvariantCulture)),
                Type: declaration.Type!))
            .OrderBy(pair => pair.Name, StringComparer.Ordinal)
            .ToList();
        var nameless = declarations
            .Where(declaration => declaration.Discriminator is null && !declaration.Type!.Equals(type, SymbolEqualityComparer.Default))
            .Select(declaration => declaration.Type!)
            .ToList();

        var property = type.Json("JsonPolymorphicAttribute")?.NamedArguments
            .FirstOrDefault(argument => argument.Key == "TypeDiscriminatorPropertyName").Value.Value as string;
        var names = derived.Select(pair => pair.Name);
        return new(
            (property is null or "$type" ? "" : ContractNames.Escape(property) + ":") + string.Join("|", type.IsAbstract ? names : names.Prepend("")),
            derived,
            nameless);
    }
}
