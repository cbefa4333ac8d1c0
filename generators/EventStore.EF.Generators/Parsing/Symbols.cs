using EventStore.EF.Generators.Model;
using Microsoft.CodeAnalysis;

namespace EventStore.EF.Generators.Parsing;

/// <summary>Questions asked of symbols.</summary>
internal static class Symbols
{
    private static readonly string?[] Keywords = new string?[(int)SpecialType.System_String + 1];

    private static readonly SymbolDisplayFormat MetadataName = new(
        typeQualificationStyle: SymbolDisplayTypeQualificationStyle.NameAndContainingTypesAndNamespaces);

    /// <summary>As emitted code writes it: with <c>global::</c>, without nullable annotations at any level.</summary>
    public static string Code(this ITypeSymbol type)
    {
        if (type.SpecialType is < SpecialType.System_Boolean or > SpecialType.System_String)
            return type.ToDisplayString(SymbolDisplayFormat.FullyQualifiedFormat);

        // Most members are of these types, and a display string is dear to make.
        var index = (int)type.SpecialType;
        return Keywords[index] ??= type.ToDisplayString(SymbolDisplayFormat.FullyQualifiedFormat);
    }

    /// <summary>As messages write it.</summary>
    public static string Display(this ISymbol symbol) => symbol.ToDisplayString(SymbolDisplayFormat.CSharpShortErrorMessageFormat);

    public static TypeName TypeName(this ITypeSymbol type) => Model.TypeName.Of(type.Code(), ShortName(type));

    /// <summary>Namespace and name with arity: <c>System.Collections.Generic.List`1</c>.</summary>
    public static string FullName(this INamedTypeSymbol type)
    {
        var name = type.OriginalDefinition.ToDisplayString(MetadataName);
        return type.Arity == 0 ? name : $"{name}`{type.Arity}";
    }

    public static AttributeData? Attribute(this ISymbol symbol, string fullName)
    {
        foreach (var attribute in symbol.GetAttributes())
        {
            // The simple name first: a full one is dear to make, and this is asked of every member of every event.
            if (attribute.AttributeClass is { } type
                && fullName.EndsWith(type.Name, StringComparison.Ordinal)
                && type.FullName() == fullName)
            {
                return attribute;
            }
        }

        return null;
    }

    public static bool IsEvent(this ITypeSymbol type) => type.Attribute(KnownNames.EventAttribute) is not null;

    /// <summary>
    /// Whether code in another file of the compilation can name the type, its type arguments and all that it is nested in.
    /// </summary>
    public static bool IsReachable(this ITypeSymbol type, Compilation compilation)
    {
        for (ITypeSymbol? t = type; t is not null; t = t.ContainingType)
        {
            if (t is INamedTypeSymbol { IsFileLocal: true })
                return false;
        }

        return type switch
        {
            IArrayTypeSymbol array => array.ElementType.IsReachable(compilation),
            INamedTypeSymbol named => compilation.IsSymbolAccessibleWithin(named, compilation.Assembly)
                && named.TypeArguments.All(argument => argument.IsReachable(compilation)),
            _ => true,
        };
    }

    /// <summary>The type and its base classes, the most derived first, without <see cref="object"/>.</summary>
    public static IEnumerable<INamedTypeSymbol> Hierarchy(this INamedTypeSymbol type)
    {
        for (var t = type; t is { SpecialType: not (SpecialType.System_Object or SpecialType.System_ValueType) }; t = t.BaseType)
            yield return t;
    }

    /// <summary>The types in a namespace or type, the nested ones included.</summary>
    public static IEnumerable<INamedTypeSymbol> AllTypes(this INamespaceOrTypeSymbol container, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        foreach (var member in container.GetMembers())
        {
            if (member is INamedTypeSymbol type)
                yield return type;
            if (member is INamespaceOrTypeSymbol inner)
            {
                foreach (var nested in inner.AllTypes(ct))
                    yield return nested;
            }
        }
    }

    public static bool IsSameOrDerivedFrom(this ITypeSymbol type, ITypeSymbol other)
        => type.Equals(other, SymbolEqualityComparer.Default)
            || other.SpecialType == SpecialType.System_Object
            || type.AllInterfaces.Any(i => i.Equals(other, SymbolEqualityComparer.Default))
            || (type is INamedTypeSymbol named && named.Hierarchy().Any(t => t.Equals(other, SymbolEqualityComparer.Default)));

    public static Location? FirstLocation(this ISymbol symbol) => symbol.Locations.FirstOrDefault(location => location.IsInSource);

    private static string ShortName(ITypeSymbol type) => type switch
    {
        IArrayTypeSymbol array => ShortName(array.ElementType) + "Array",
        INamedTypeSymbol { TypeArguments.Length: > 0 } named
            => named.Name + "Of" + string.Concat(named.TypeArguments.Select(ShortName)),
        _ => type.Name,
    };
}
