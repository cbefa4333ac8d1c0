using System.Globalization;
using EventStore.EF.Generators.Parsing;
using Microsoft.CodeAnalysis;

namespace EventStore.EF.Generators.Contracts;

/// <summary>A base type whose values are stored with the name of their derived type: <c>[JsonDerivedType]</c>.</summary>
/// <param name="Content">The content of the parentheses: the names of the derived types, and an empty name for the base itself.</param>
/// <param name="Derived">The derived types by name.</param>
/// <param name="Nameless">The derived types that are stored without a name, and therefore read back as the base.</param>
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
                Name: ContractNames.Escape(Convert.ToString(declaration.Discriminator, CultureInfo.InvariantCulture)),
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
        var prefix = property is null or "$type" ? "" : ContractNames.Escape(property) + ":";
        return new(
            prefix + string.Join("|", type.IsAbstract ? names : names.Prepend("")),
            derived,
            nameless);
    }
}
