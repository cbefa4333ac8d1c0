using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using Microsoft.CodeAnalysis;

namespace EventStore.EF.Generators.Parsing;

/// <summary>
/// Finds state that would be lost in a type of which only metadata is known. The compiler doesn't show private fields of classes, so they
/// are read from the metadata itself; a reference assembly doesn't have them.
/// </summary>
internal static class MetadataState
{
    private const string CompilerGenerated = "System.Runtime.CompilerServices.CompilerGeneratedAttribute";

    /// <summary>The name of a field or property that no member restores, or <see langword="null"/>.</summary>
    public static string? Find(INamedTypeSymbol type, Compilation compilation, Func<ISymbol, bool> isRestored)
    {
        if (type.ContainingNamespace.IsSystem())
            return null;
        var properties = type.GetMembers().OfType<IPropertySymbol>()
            .Where(property => !property.IsStatic && !IsOfRecord(property, type)).ToList();
        var lost = properties.Find(property => IsAuto(property) && !isRestored(property));
        if (lost is not null)
            return lost.Name;
        var visible = type.GetMembers().OfType<IFieldSymbol>()
            .Where(field => field is { IsStatic: false, IsConst: false, AssociatedSymbol: null }).ToList();
        var names = visible.Select(field => field.Name).Concat(Hidden(type)).Distinct(StringComparer.Ordinal).ToList();
        var field = names.FirstOrDefault(name => !IsShown(name, properties, visible, isRestored));
        if (field is not null)
            return field;
        return names.Count == 0 && properties.Count == 0 && HasBehavior(type) ? "fields that can't be seen" : null;
    }

    /// <summary>
    /// Whether the compiler made the property for a record: it tells the type, and is protected unless the record is sealed.
    /// </summary>
    private static bool IsOfRecord(IPropertySymbol property, INamedTypeSymbol type)
        => type.IsRecord && property is { Name: "EqualityContract", DeclaredAccessibility: not Accessibility.Public };

    private static bool IsAuto(IPropertySymbol property)
        => property.GetMethod is { IsAbstract: false } getter && getter.Attribute(CompilerGenerated) is not null;

    /// <summary>Whether a restored member has the field's name: <c>&lt;X&gt;k__BackingField</c>, <c>_x</c>, <c>X@</c>.</summary>
    private static bool IsShown(
        string field, IReadOnlyList<IPropertySymbol> properties, IReadOnlyList<IFieldSymbol> visible, Func<ISymbol, bool> isRestored)
    {
        if (visible.FirstOrDefault(other => other.Name == field) is { } symbol && isRestored(symbol))
            return true;
        var name = field.StartsWith("<", StringComparison.Ordinal) && field.IndexOf('>') is > 0 and var end
            ? field.Substring(1, end - 1)
            : field.TrimEnd('@');
        if (name.StartsWith("m_", StringComparison.Ordinal))
            name = name.Substring(2);
        name = name.TrimStart('_');
        return properties.Any(property => string.Equals(property.Name, name, StringComparison.OrdinalIgnoreCase) && isRestored(property));
    }

    private static List<string> Hidden(INamedTypeSymbol type)
    {
        if (type.TypeKind != TypeKind.Class || type.ContainingModule?.GetMetadata() is not { } module
            || MetadataTokens.EntityHandle(type.OriginalDefinition.MetadataToken) is not { Kind: HandleKind.TypeDefinition } handle)
        {
            return [];
        }

        var reader = module.GetMetadataReader();
        return reader.GetTypeDefinition((TypeDefinitionHandle)handle).GetFields()
            .Select(reader.GetFieldDefinition)
            .Where(field => (field.Attributes & (FieldAttributes.Static | FieldAttributes.Literal)) == 0)
            .Select(field => reader.GetString(field.Name))
            .ToList();
    }

    /// <summary>Whether something could depend on hidden fields: a type without members and methods has nothing to lose.</summary>
    private static bool HasBehavior(INamedTypeSymbol type) => !type.IsRecord && type.GetMembers().OfType<IMethodSymbol>().Any(method =>
        method is { MethodKind: MethodKind.Ordinary, IsStatic: false, IsOverride: false, DeclaredAccessibility: Accessibility.Public });
}
