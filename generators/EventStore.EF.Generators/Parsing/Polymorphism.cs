using EventStore.EF.Generators.Model;
using Microsoft.CodeAnalysis;

namespace EventStore.EF.Generators.Parsing;

/// <summary>
/// Handles types whose values may have derived types. The runtime reads the attributes itself. The generator supplies the metadata of
/// the derived types, and refuses what the runtime would refuse on first use.
/// </summary>
internal static class Polymorphism
{
    public static bool IsPolymorphic(INamedTypeSymbol type)
        => type.Json("JsonPolymorphicAttribute") is not null || type.Json("JsonDerivedTypeAttribute") is not null;

    /// <summary>The types that <c>[JsonDerivedType]</c> declares.</summary>
    public static IEnumerable<ITypeSymbol> DerivedTypes(INamedTypeSymbol type)
        => Declarations(type).Select(d => d.Type).OfType<ITypeSymbol>();

    /// <summary>Whether undeclared derived types are written as a declared type.</summary>
    public static bool FallsBack(INamedTypeSymbol type) => type.Json("JsonPolymorphicAttribute") is { } attribute
        && attribute.NamedArguments.Any(argument => argument is { Key: "UnknownDerivedTypeHandling", Value.Value: not 0 });

    public static string? Problem(INamedTypeSymbol type)
    {
        var name = type.Display();
        if (type.IsSealed || type.IsValueType)
            return $"'{name}' is polymorphic, but nothing can derive from it; remove [JsonPolymorphic] and [JsonDerivedType]";
        var declarations = Declarations(type).ToList();
        if (declarations.Count == 0)
            return $"'{name}' is marked [JsonPolymorphic] without a [JsonDerivedType]; declare each derived type";
        if (declarations.Select(d => Problem(type, d.Type)).FirstOrDefault(text => text is not null) is { } problem)
            return problem;
        var types = declarations.GroupBy(d => d.Type, SymbolEqualityComparer.Default).FirstOrDefault(group => group.Count() > 1);
        if (types is not null)
            return $"'{name}' declares the derived type '{types.Key!.Display()}' twice";
        var names = declarations.Where(d => d.Discriminator is not null).GroupBy(d => d.Discriminator).FirstOrDefault(g => g.Count() > 1);
        return names is null ? null : $"'{name}' declares two derived types as '{names.Key}'; give each its own discriminator";
    }

    /// <summary>The problem of a member whose JSON name is the type discriminator, or <see langword="null"/>.</summary>
    public static string? Conflict(INamedTypeSymbol type, ParseContext context)
    {
        var discriminator = type.Json("JsonPolymorphicAttribute")?.NamedArguments
            .FirstOrDefault(argument => argument.Key == "TypeDiscriminatorPropertyName").Value.Value as string ?? "$type";
        var conflict = DerivedTypes(type).Prepend(type).FirstOrDefault(t =>
            context.Find(t) is ObjectShape shape && shape.Members.Any(member => member.JsonName == discriminator));
        return conflict is null
            ? null
            : $"'{conflict.Display()}' has a member called '{discriminator}' in JSON, which is the type discriminator of "
                + $"'{type.Display()}'; rename one";
    }

    private static string? Problem(INamedTypeSymbol type, INamedTypeSymbol? derived) => derived switch
    {
        null or { IsUnboundGenericType: true } => $"[JsonDerivedType] of '{type.Display()}' doesn't name a closed type",
        _ when !derived.IsSameOrDerivedFrom(type) => $"'{derived.Display()}' is declared as derived from '{type.Display()}', but isn't",
        { IsAbstract: true }
            => $"the derived type '{derived.Display()}' of '{type.Display()}' is abstract; declare the concrete types instead",
        _ when type.IsAbstract
            && Declarations(type).Any(d => d.Discriminator is null && derived.Equals(d.Type, SymbolEqualityComparer.Default))
            => $"the derived type '{derived.Display()}' is declared without a discriminator, so it would be read as "
                + $"'{type.Display()}', which is abstract; give it one",
        _ when derived.Json("JsonConverterAttribute") is not null
            => $"the derived type '{derived.Display()}' of '{type.Display()}' has its own converter, which can't write a discriminator",
        _ => null,
    };

    /// <summary>The declarations by <c>[JsonDerivedType]</c>: the type, and the name or number it is stored with, if any.</summary>
    public static IEnumerable<(INamedTypeSymbol? Type, object? Discriminator)> Declarations(INamedTypeSymbol type) => type.GetAttributes()
        .Where(attribute => attribute.AttributeClass is { Name: "JsonDerivedTypeAttribute" } c
            && c.FullName() == KnownNames.JsonNamespace + ".JsonDerivedTypeAttribute")
        .Select(attribute => (
            attribute.ConstructorArguments[0].Value as INamedTypeSymbol,
            attribute.ConstructorArguments.Length > 1 ? attribute.ConstructorArguments[1].Value : null));
}
