using EventStore.EF.Generators.Model;
using Microsoft.CodeAnalysis;

namespace EventStore.EF.Generators.Parsing;

/// <summary>The collections that can be stored, and which factory of System.Text.Json serves each.</summary>
internal static class Collections
{
    public static readonly CollectionKind Array = new("CreateArrayInfo", CollectionArguments.Element);

    private const string Generic = "System.Collections.Generic.";
    private const string Immutable = "System.Collections.Immutable.";

    private static readonly CollectionKind Enumerable = new("CreateIEnumerableInfo");
    private static readonly CollectionKind Set = new("CreateISetInfo", HasConstructor: true);

    private static readonly Dictionary<string, CollectionKind> Kinds = new(StringComparer.Ordinal)
    {
        [Generic + "List`1"] = new("CreateListInfo", HasConstructor: true),
        [Generic + "IList`1"] = new("CreateIListInfo"),
        [Generic + "ICollection`1"] = new("CreateICollectionInfo"),
        [Generic + "IEnumerable`1"] = Enumerable,
        [Generic + "IReadOnlyList`1"] = Enumerable,
        [Generic + "IReadOnlyCollection`1"] = Enumerable,
        [Generic + "ISet`1"] = new("CreateISetInfo"),
        [Generic + "HashSet`1"] = Set,
        [Generic + "SortedSet`1"] = Set,
        [Generic + "Dictionary`2"] = Dictionary("CreateDictionaryInfo", hasConstructor: true),
        [Generic + "SortedDictionary`2"] = Dictionary("CreateIDictionaryInfo", hasConstructor: true),
        [Generic + "IDictionary`2"] = Dictionary("CreateIDictionaryInfo"),
        [Generic + "IReadOnlyDictionary`2"] = Dictionary("CreateIReadOnlyDictionaryInfo"),
        [Immutable + "ImmutableArray`1"] = Range("ImmutableArray"),
        [Immutable + "ImmutableList`1"] = Range("ImmutableList"),
        [Immutable + "ImmutableHashSet`1"] = Range("ImmutableHashSet"),
        [Immutable + "ImmutableDictionary`2"] = Dictionary("CreateImmutableDictionaryInfo") with
        {
            CreateRange = $"global::{Immutable}ImmutableDictionary.CreateRange",
        },
    };

    public static CollectionKind? Find(INamedTypeSymbol type)
        => type is { Arity: 1 or 2, ContainingNamespace.Name: "Generic" or "Immutable" } && Kinds.TryGetValue(type.FullName(), out var kind)
            ? kind
            : null;

    private static CollectionKind Dictionary(string factory, bool hasConstructor = false)
        => new(factory, CollectionArguments.CollectionKeyAndElement, hasConstructor);

    private static CollectionKind Range(string type)
        => new("CreateImmutableEnumerableInfo", CreateRange: $"global::{Immutable}{type}.CreateRange");
}
