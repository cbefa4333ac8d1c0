using Microsoft.CodeAnalysis;

namespace EventStore.EF.Generators.Parsing;

/// <summary>
/// Finds types that <c>global::</c> can't name: those of a reference that has only aliases, and those whose full name several references
/// have.
/// </summary>
internal static class Nameability
{
    /// <summary>The problem with naming the type or one of its type arguments, or <see langword="null"/>.</summary>
    public static string? Problem(ITypeSymbol type, Compilation compilation) => type switch
    {
        IArrayTypeSymbol array => Problem(array.ElementType, compilation),
        INamedTypeSymbol named => OfType(named, compilation)
            ?? named.TypeArguments.Select(argument => Problem(argument, compilation)).FirstOrDefault(text => text is not null),
        _ => null,
    };

    private static string? OfType(INamedTypeSymbol type, Compilation compilation)
    {
        var assembly = type.ContainingAssembly;
        if (assembly is null || type.ContainingNamespace.IsSystem()
            || SymbolEqualityComparer.Default.Equals(assembly, compilation.Assembly))
        {
            return null;
        }

        if (Alias(assembly, compilation) is { } alias)
        {
            return $"the reference to '{assembly.Name}' has only the alias '{alias}'; add 'global' to the Aliases of the reference, "
                + "or use a type of your own";
        }

        var outermost = type;
        while (outermost.ContainingType is { } outer)
            outermost = outer;
        var others = compilation.GetTypesByMetadataName(MetadataName(outermost))
            .Where(other => !SymbolEqualityComparer.Default.Equals(other.ContainingAssembly, assembly) && IsCandidate(other, compilation))
            .ToList();
        return others.Count == 0
            ? null
            : $"'{assembly.Name}' and '{others[0].ContainingAssembly.Name}' both have a type of this name; "
                + "give one reference an alias and keep its types out of events, or use a type of your own";
    }

    /// <summary>The alias of a reference that has no global name, or <see langword="null"/>.</summary>
    public static string? Alias(IAssemblySymbol assembly, Compilation compilation)
        => compilation.GetMetadataReference(assembly) is { Properties.Aliases: { IsEmpty: false } aliases } && !aliases.Contains("global")
            ? aliases[0]
            : null;

    private static bool IsCandidate(INamedTypeSymbol type, Compilation compilation)
        => type.IsAccessible(compilation)
            && (SymbolEqualityComparer.Default.Equals(type.ContainingAssembly, compilation.Assembly)
                || Alias(type.ContainingAssembly, compilation) is null);

    private static string MetadataName(INamedTypeSymbol type)
        => type.ContainingNamespace.IsGlobalNamespace ? type.MetadataName : $"{type.ContainingNamespace.FullName()}.{type.MetadataName}";
}
