using EventStore.EF.Generators.Parsing;
using Microsoft.CodeAnalysis;

namespace EventStore.EF.Generators.Analyzers;

/// <summary>Which types are events, or may be the base of some.</summary>
internal static class EventBases
{
    /// <summary>
    /// Whether no event can be of the type: a concrete type that isn't marked <c>[Event]</c>, and that no event in its own assembly
    /// or in the one being compiled derives from. Interfaces, abstract classes and <see cref="object"/> may have events anywhere.
    /// </summary>
    public static bool CanBeNoEvent(ITypeSymbol type, Compilation compilation, CancellationToken ct)
    {
        if (!IsUnmarkedConcrete(type))
            return false;
        if (type.IsSealed || type.IsValueType || type is not INamedTypeSymbol)
            return true;
        return !new[] { compilation.Assembly, type.ContainingAssembly }
            .Where(assembly => assembly is not null)
            .Distinct<IAssemblySymbol>(SymbolEqualityComparer.Default)
            .SelectMany(assembly => assembly.GlobalNamespace.AllTypes(ct))
            .Any(candidate => candidate.IsEvent() && candidate.IsSameOrDerivedFrom(type));
    }

    /// <summary>Whether the type is concrete and not marked, so that an object of exactly this type is no event.</summary>
    public static bool IsUnmarkedConcrete(ITypeSymbol type)
        => type is not ITypeParameterSymbol
            && type.TypeKind is TypeKind.Class or TypeKind.Struct or TypeKind.Enum or TypeKind.Array or TypeKind.Delegate
            && !type.IsAbstract
            && type.SpecialType != SpecialType.System_Object
            && !type.IsEvent();
}
