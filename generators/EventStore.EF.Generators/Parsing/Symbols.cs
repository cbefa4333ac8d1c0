using System.Runtime.CompilerServices;
using EventStore.EF.Generators.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace EventStore.EF.Generators.Parsing;

/// <summary>Extension methods for symbols.</summary>
internal static class Symbols
{
    private static readonly string?[] Keywords = new string?[(int)SpecialType.System_String + 1];

    /// <summary>The few names of namespaces and type definitions. The keys are weak, so that no compilation is kept alive.</summary>
    private static readonly ConditionalWeakTable<ISymbol, string> FullNames = new();

    private static readonly ConditionalWeakTable<ISymbol, string> Codes = new();

    private static readonly SymbolDisplayFormat MetadataName = new(
        typeQualificationStyle: SymbolDisplayTypeQualificationStyle.NameAndContainingTypesAndNamespaces);

    /// <summary>The name in emitted code: with <c>global::</c>, and without nullable annotations at any level.</summary>
    public static string Code(this ITypeSymbol type)
    {
        if (type.SpecialType is < SpecialType.System_Boolean or > SpecialType.System_String)
            return Composed(type) ?? type.ToDisplayString(SymbolDisplayFormat.FullyQualifiedFormat);

        // Most members are of these types.
        var index = (int)type.SpecialType;
        return Keywords[index] ??= type.ToDisplayString(SymbolDisplayFormat.FullyQualifiedFormat);
    }

    /// <summary>
    /// The same name, composed by hand for the usual types: the compiler takes microseconds for a name. A table of all types would cost
    /// as much, because every edit creates new symbols.
    /// </summary>
    private static string? Composed(ITypeSymbol type) => type switch
    {
        IArrayTypeSymbol { Rank: 1, ElementType: not IArrayTypeSymbol } array => array.ElementType.Code() + "[]",
        INamedTypeSymbol
        {
            SpecialType: SpecialType.None, ContainingType: null, IsTupleType: false, IsAnonymousType: false, IsUnboundGenericType: false,
            TypeKind: TypeKind.Class or TypeKind.Struct or TypeKind.Enum or TypeKind.Interface,
        } named => named.Arity switch
        {
            0 => Plain(named),
            1 when named.OriginalDefinition.SpecialType == SpecialType.System_Nullable_T => named.TypeArguments[0].Code() + "?",
            1 => $"{Plain(named)}<{named.TypeArguments[0].Code()}>",
            2 => $"{Plain(named)}<{named.TypeArguments[0].Code()}, {named.TypeArguments[1].Code()}>",
            _ => null,
        },
        _ => null,
    };

    private static string Plain(INamedTypeSymbol type)
    {
        var ns = type.ContainingNamespace;
        var name = SyntaxFacts.GetKeywordKind(type.Name) == SyntaxKind.None ? type.Name : "@" + type.Name;
        return ns.IsGlobalNamespace
            ? "global::" + name
            : Codes.GetValue(ns, static symbol => symbol.ToDisplayString(SymbolDisplayFormat.FullyQualifiedFormat) + ".") + name;
    }

    /// <summary>The name in messages.</summary>
    public static string Display(this ISymbol symbol) => symbol.ToDisplayString(SymbolDisplayFormat.CSharpShortErrorMessageFormat);

    public static TypeName TypeName(this ITypeSymbol type) => Model.TypeName.Of(type.Code(), ShortName(type));

    /// <summary>The namespace and the name with arity: <c>System.Collections.Generic.List`1</c>.</summary>
    public static string FullName(this INamedTypeSymbol type) => FullNames.GetValue(type.OriginalDefinition, static symbol =>
    {
        var name = symbol.ToDisplayString(MetadataName);
        var arity = ((INamedTypeSymbol)symbol).Arity;
        return arity == 0 ? name : $"{name}`{arity}";
    });

    /// <summary>Whether generated code can access the symbol. Most are plainly visible, which saves the compiler's slower check.</summary>
    public static bool IsAccessible(this ISymbol symbol, Compilation compilation)
    {
        for (var s = symbol; s is not null; s = s.ContainingType)
        {
            var isVisible = s.DeclaredAccessibility == Accessibility.Public
                || (s.DeclaredAccessibility is Accessibility.Internal or Accessibility.ProtectedOrInternal
                    && SymbolEqualityComparer.Default.Equals(s.ContainingAssembly, compilation.Assembly));
            if (!isVisible)
                return compilation.IsSymbolAccessibleWithin(symbol, compilation.Assembly);
        }

        return true;
    }

    /// <summary>The full name of a namespace: <c>System.Text.Json</c>.</summary>
    public static string FullName(this INamespaceSymbol ns) => FullNames.GetValue(ns, static symbol => symbol.ToDisplayString());

    public static AttributeData? Attribute(this ISymbol symbol, string fullName)
    {
        foreach (var attribute in symbol.GetAttributes())
        {
            // The simple name first: a full name is expensive to build, and this runs for every member of every event.
            if (attribute.AttributeClass is { } type
                && fullName.EndsWith(type.Name, StringComparison.Ordinal)
                && type.FullName() == fullName)
            {
                return attribute;
            }
        }

        return null;
    }

    /// <summary>Whether the namespace is <c>System</c> or inside it.</summary>
    public static bool IsSystem(this INamespaceSymbol ns)
    {
        while (ns is { IsGlobalNamespace: false, ContainingNamespace.IsGlobalNamespace: false })
            ns = ns.ContainingNamespace;
        return ns is { IsGlobalNamespace: false, Name: "System" };
    }

    public static bool IsKeyValuePair(this INamedTypeSymbol type)
        => type is { Name: "KeyValuePair", Arity: 2 } && type.FullName() == "System.Collections.Generic.KeyValuePair`2";

    /// <summary>Whether setting the member only stores the value: it is a field, or a property without code.</summary>
    public static bool IsStored(this ISymbol member) => member switch
    {
        IFieldSymbol => true,
        IPropertySymbol { SetMethod: { IsImplicitlyDeclared: true } } => true,
        IPropertySymbol { IsPartialDefinition: true } => false,
        IPropertySymbol { SetMethod: { } setter } => setter.DeclaringSyntaxReferences.Length > 0
            ? setter.DeclaringSyntaxReferences[0].GetSyntax() is AccessorDeclarationSyntax { Body: null, ExpressionBody: null }
            : setter.Attribute("System.Runtime.CompilerServices.CompilerGeneratedAttribute") is not null,
        _ => false,
    };

    /// <summary>The underlying type of a <c>Nullable&lt;T&gt;</c>, otherwise the type itself.</summary>
    public static ITypeSymbol Underlying(this ITypeSymbol type)
        => type is INamedTypeSymbol { OriginalDefinition.SpecialType: SpecialType.System_Nullable_T } nullable
            ? nullable.TypeArguments[0]
            : type;

    public static bool SetsRequiredMembers(this IMethodSymbol constructor)
        => constructor.Attribute("System.Diagnostics.CodeAnalysis.SetsRequiredMembersAttribute") is not null;

    public static bool IsEvent(this ITypeSymbol type) => type.Attribute(KnownNames.EventAttribute) is not null;

    /// <summary>
    /// Whether code in another file of the compilation can name the type, its type arguments and the types it is nested in.
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
            INamedTypeSymbol named => named.IsAccessible(compilation)
                && named.TypeArguments.All(argument => argument.IsReachable(compilation)),
            _ => true,
        };
    }

    /// <summary>The type and its base classes, most derived first, without <see cref="object"/>.</summary>
    public static IEnumerable<INamedTypeSymbol> Hierarchy(this INamedTypeSymbol type)
    {
        for (var t = type; t is { SpecialType: not (SpecialType.System_Object or SpecialType.System_ValueType) }; t = t.BaseType)
            yield return t;
    }

    /// <summary>The types in a namespace or type, including nested types.</summary>
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
