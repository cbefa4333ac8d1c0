using EventStore.EF.Generators.Parsing;
using Microsoft.CodeAnalysis;

namespace EventStore.EF.Generators.Contracts;

/// <summary>A base type that is stored with the name of what it is: <c>[JsonDerivedType]</c>.</summary>
/// <param name="Content">What stands in the parentheses: the derived types' names, an empty one for the base itself.</param>
/// <param name="Derived">The derived types by name.</param>
internal sealed record ContractUnion(string Content, IReadOnlyList<(string Name, INamedTypeSymbol Type)> Derived)
{
    public static ContractUnion? Of(INamedTypeSymbol type)
    {
        var derived = type.GetAttributes()
            .Where(attribute => attribute.AttributeClass is { Name: "JsonDerivedTypeAttribute" } c
                && c.FullName() == KnownNames.JsonNamespace + ".JsonDerivedTypeAttribute")
            .Select(attribute => attribute.ConstructorArguments)
            .Where(arguments => arguments.Length == 2 && arguments[0].Value is INamedTypeSymbol)
            .Select(arguments => (
                Name: ContractNames.Escape(System.Convert.ToString(arguments[1].Value, System.Globalization.CultureInfo.InvariantCulture)),
                Type: (INamedTypeSymbol)arguments[0].Value!))
            .OrderBy(pair => pair.Name, StringComparer.Ordinal)
            .ToList();
        if (derived.Count == 0)
            return null;

        var property = type.Json("JsonPolymorphicAttribute")?.NamedArguments
            .FirstOrDefault(argument => argument.Key == "TypeDiscriminatorPropertyName").Value.Value as string;
        var names = derived.Select(pair => pair.Name);
        return new(
            (property is null or "$type" ? "" : ContractNames.Escape(property) + ":") + string.Join("|", type.IsAbstract ? names : names.Prepend("")),
            derived);
    }
}
