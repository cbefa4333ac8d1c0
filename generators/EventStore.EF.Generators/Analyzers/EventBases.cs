using EventStore.EF.Generators.Parsing;
using Microsoft.CodeAnalysis;

namespace EventStore.EF.Generators.Analyzers;

/// <summary>Decides whether events can have a type or derive from it.</summary>
internal static class EventBases
{
    /// <summary>
    /// Whether no event can have the type: it is concrete, isn't marked <c>[Event]</c>, and no event in its own assembly or in the one
    /// being compiled derives from it. Events of any assembly may derive from interfaces, abstract classes and <see cref="object"/>.
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

    /// <summary>Whether the type is concrete and not marked, so that an object of exactly this type is not an event.</summary>
    public static bool IsUnmarkedConcrete(ITypeSymbol type)
        => type is not ITypeParameterSymbol
            && type.TypeKind is TypeKind.Class or TypeKind.Struct or TypeKind.Enum or TypeKind.Array or TypeKind.Delegate
            && !type.IsAbstract
            && type.SpecialType != SpecialType.System_Object
            && !type.IsEvent();
}
