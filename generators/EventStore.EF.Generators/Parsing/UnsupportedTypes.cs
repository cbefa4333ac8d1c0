using Microsoft.CodeAnalysis;

namespace EventStore.EF.Generators.Parsing;

/// <summary>Recognizes types whose values can't be stored, and says what to use instead.</summary>
internal static class UnsupportedTypes
{
    private const string UseRecord = "use a record with the members to store, or a [JsonConverter]";

    /// <summary>The problem with any use of the type, or <see langword="null"/>.</summary>
    public static string? Problem(ITypeSymbol type, Compilation compilation) => type switch
    {
        IArrayTypeSymbol { Rank: > 1 } => "a multidimensional array has no JSON form; use an array of arrays",
        IArrayTypeSymbol => null,
        IPointerTypeSymbol or IFunctionPointerTypeSymbol => "pointers can't be stored",
        ITypeParameterSymbol => $"the type parameter '{type.Name}' is open; use a closed type",
        IDynamicTypeSymbol => "a dynamic member can't be stored; use the type that is stored, or JsonElement",
        { TypeKind: TypeKind.Delegate } => "a delegate can't be stored; leave it out with [JsonIgnore]",
        { IsRefLikeType: true } => $"the ref struct '{type.Display()}' can't be stored; use an array",
        { IsTupleType: true }
            => $"the elements of the tuple '{type.Display()}' are fields, so it would be stored as {{}}; use a record",
        { IsAnonymousType: true } => $"an anonymous type can't be stored; {UseRecord}",
        INamedTypeSymbol named when !named.IsReachable(compilation)
            => $"generated code can't reach '{type.Display()}'; make it, and the types it is nested in, public or internal",
        INamedTypeSymbol named when IsObsoleteError(named) => $"'{type.Display()}' is obsolete and using it is an error",
        _ => null,
    };

    /// <summary>The problem with storing the type member by member, or <see langword="null"/>.</summary>
    public static string? ObjectProblem(INamedTypeSymbol type)
    {
        if (Collections.IsEnumerable(type))
        {
            return $"the collection '{type.Display()}' can't be read from JSON; use an array, List, HashSet, Dictionary, "
                + "an immutable collection, one of their interfaces, or your own class that implements ICollection<T> or "
                + "IDictionary<TKey, TValue> and has a public parameterless constructor";
        }

        return IsFrameworkType(type) && !type.IsKeyValuePair() && !IsTuple(type)
            ? $"'{type.Display()}' has no JSON form; {UseRecord}"
            : null;
    }

    /// <summary>Whether using the symbol is a compiler error.</summary>
    public static bool IsObsoleteError(ISymbol symbol)
        => symbol.Attribute("System.ObsoleteAttribute") is { ConstructorArguments: { Length: 2 } arguments } && arguments[1].Value is true;

    private static bool IsFrameworkType(INamedTypeSymbol type) => type.ContainingNamespace.IsSystem() && type.FirstLocation() is null;

    /// <summary>Whether the type is the class Tuple, whose elements are properties, unlike those of C# value tuples.</summary>
    private static bool IsTuple(INamedTypeSymbol type)
        => type is { Name: "Tuple", Arity: > 0, ContainingNamespace: { Name: "System", ContainingNamespace.IsGlobalNamespace: true } };
}
