using EventStore.EF.Generators.Model;
using Microsoft.CodeAnalysis;

namespace EventStore.EF.Generators.Parsing;

/// <summary>
/// The escape hatch: an event that a <c>JsonSerializerContext</c> of the same assembly names by <c>[JsonSerializable]</c> is stored
/// and read by that context, whatever it is made of.
/// </summary>
internal static class UserContexts
{
    /// <summary>The context, if the class is one that names types.</summary>
    public static UserContextModel? Parse(INamedTypeSymbol type)
    {
        if (!type.Hierarchy().Any(t => t.Name == "JsonSerializerContext" && t.FullName() == KnownNames.JsonNamespace + ".JsonSerializerContext"))
            return null;
        var types = type.GetAttributes()
            .Where(attribute => attribute.AttributeClass?.FullName() == KnownNames.SerializableAttribute)
            .Select(attribute => attribute.ConstructorArguments.FirstOrDefault().Value)
            .OfType<ITypeSymbol>()
            .Select(named => named.Code());
        return new(type.Code(), types.ToEquatableArray());
    }

    /// <summary>The context that names the type; the first by name when several do.</summary>
    public static string? Find(EquatableArray<UserContextModel> contexts, string type)
        => contexts.FirstOrDefault(context => context.Types.Contains(type, StringComparer.Ordinal))?.Type;

    /// <summary>In an order that doesn't depend on that of files; a class in several parts comes several times.</summary>
    public static EquatableArray<UserContextModel> Sort(IEnumerable<UserContextModel> contexts)
        => contexts.Distinct().OrderBy(context => context.Type, StringComparer.Ordinal).ToEquatableArray();
}
