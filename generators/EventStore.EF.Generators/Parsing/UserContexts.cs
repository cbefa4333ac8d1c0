using EventStore.EF.Generators.Model;
using Microsoft.CodeAnalysis;

namespace EventStore.EF.Generators.Parsing;

/// <summary>
/// Finds the user's contexts. An event that a <c>JsonSerializerContext</c> of the same assembly lists with <c>[JsonSerializable]</c> is
/// stored and read by that context, whatever types it contains.
/// </summary>
internal static class UserContexts
{
    /// <summary>The context with the types it lists, or null if the class is not a context.</summary>
    public static UserContextModel? Parse(INamedTypeSymbol type)
    {
        const string Name = "JsonSerializerContext";
        if (!type.Hierarchy().Any(t => t.Name == Name && t.FullName() == $"{KnownNames.JsonNamespace}.{Name}"))
            return null;
        var types = type.GetAttributes()
            .Where(attribute => attribute.AttributeClass?.FullName() == KnownNames.SerializableAttribute)
            .Select(attribute => attribute.ConstructorArguments.FirstOrDefault().Value)
            .OfType<ITypeSymbol>()
            .Select(named => named.Code());
        return new(type.Code(), types.ToEquatableArray());
    }

    /// <summary>The context that lists the type; if several do, the first by name.</summary>
    public static string? Find(EquatableArray<UserContextModel> contexts, string type)
        => contexts.FirstOrDefault(context => context.Types.Contains(type, StringComparer.Ordinal))?.Type;

    /// <summary>The contexts in an order that doesn't depend on the order of files, each once, even if the class is partial.</summary>
    public static EquatableArray<UserContextModel> Sort(IEnumerable<UserContextModel> contexts)
        => contexts.Distinct().OrderBy(context => context.Type, StringComparer.Ordinal).ToEquatableArray();
}
