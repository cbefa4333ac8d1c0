using EventStore.EF.Generators.Model;
using Microsoft.CodeAnalysis;

namespace EventStore.EF.Generators.Parsing;

/// <summary>The collections that can be stored, with the factory method of System.Text.Json for each.</summary>
internal static class Collections
{
    public static readonly CollectionKind Array = new("CreateArrayInfo", CollectionArguments.Element, ReadAs: List);

    private const string Generic = "System.Collections.Generic.";
    private const string Immutable = "System.Collections.Immutable.";
    private const string Concurrent = "System.Collections.Concurrent.";

    private const string List = $"global::{Generic}List";
    private const string Set = $"global::{Generic}HashSet";
    private const string Map = $"global::{Generic}Dictionary";

    private static readonly CollectionKind Enumerable = new("CreateIEnumerableInfo", ReadAs: List);
    private static readonly CollectionKind Memory = new("CreateMemoryInfo", CollectionArguments.Element, Enumerated: Enumerated.Span);

    /// <summary>The types that must match exactly; types derived from them don't.</summary>
    private static readonly Dictionary<string, CollectionKind> Exact = new(StringComparer.Ordinal)
    {
        [Generic + "List`1"] = new("CreateListInfo", HasConstructor: true, ReadAs: List),
        [Generic + "IList`1"] = new("CreateIListInfo", ReadAs: List),
        [Generic + "ICollection`1"] = new("CreateICollectionInfo", ReadAs: List),
        [Generic + "IEnumerable`1"] = Enumerable,
        [Generic + "IReadOnlyList`1"] = Enumerable,
        [Generic + "IReadOnlyCollection`1"] = Enumerable,
        [Generic + "ISet`1"] = new("CreateISetInfo", ReadAs: Set),
        [Generic + "HashSet`1"] = new("CreateISetInfo", HasConstructor: true, ReadAs: Set),
        [Generic + "Dictionary`2"] = Dictionary("CreateDictionaryInfo", hasConstructor: true, Map),
        [Generic + "IDictionary`2"] = Dictionary("CreateIDictionaryInfo", readAs: Map),
        [Generic + "IReadOnlyDictionary`2"] = Dictionary("CreateIReadOnlyDictionaryInfo", readAs: Map),
        // Enumerating the default value through the interface throws InvalidOperationException, as in System.Text.Json.
        [Immutable + "ImmutableArray`1"] = Range("ImmutableArray") with { Enumerated = Enumerated.Boxed },
        [Immutable + "ImmutableList`1"] = Range("ImmutableList"),
        [Immutable + "ImmutableHashSet`1"] = Range("ImmutableHashSet"),
        [Immutable + "ImmutableSortedSet`1"] = Range("ImmutableSortedSet"),
        [Immutable + "ImmutableStack`1"] = Range("ImmutableStack"),
        [Immutable + "ImmutableQueue`1"] = Range("ImmutableQueue"),
        [Immutable + "IImmutableList`1"] = Range("ImmutableList"),
        [Immutable + "IImmutableSet`1"] = Range("ImmutableHashSet"),
        [Immutable + "IImmutableStack`1"] = Range("ImmutableStack"),
        [Immutable + "IImmutableQueue`1"] = Range("ImmutableQueue"),
        [Immutable + "ImmutableDictionary`2"] = DictionaryRange("ImmutableDictionary"),
        [Immutable + "ImmutableSortedDictionary`2"] = DictionaryRange("ImmutableSortedDictionary"),
        [Immutable + "IImmutableDictionary`2"] = DictionaryRange("ImmutableDictionary"),
        ["System.Memory`1"] = Memory,
        ["System.ReadOnlyMemory`1"] = Memory with { Factory = "CreateReadOnlyMemoryInfo" },
    };

    /// <summary>The types that derived and implementing types match too. The first match counts, as in System.Text.Json.</summary>
    private static readonly (string Base, string Factory)[] Bases =
    [
        (Generic + "List`1", "CreateListInfo"),
        (Generic + "Dictionary`2", "CreateDictionaryInfo"),
        (Generic + "IDictionary`2", "CreateIDictionaryInfo"),
        (Generic + "IList`1", "CreateIListInfo"),
        (Generic + "ISet`1", "CreateISetInfo"),
        (Generic + "ICollection`1", "CreateICollectionInfo"),
        (Generic + "Stack`1", "CreateStackInfo"),
        (Generic + "Queue`1", "CreateQueueInfo"),
        (Concurrent + "ConcurrentStack`1", "CreateConcurrentStackInfo"),
        (Concurrent + "ConcurrentQueue`1", "CreateConcurrentQueueInfo"),
    ];

    /// <summary>The kind of collection, with its key and element type, or <see langword="null"/> if the type is not a collection.</summary>
    public static (CollectionKind Kind, ITypeSymbol? Key, ITypeSymbol Element)? Find(INamedTypeSymbol type)
    {
        if (IsCandidate(type) && Exact.TryGetValue(type.FullName(), out var exact))
            return With(exact, type);
        return IsEnumerable(type) && HasConstructor(type) ? Derived(type) : null;
    }

    /// <summary>The kind of a collection that is only written, whatever creates it.</summary>
    public static (CollectionKind Kind, ITypeSymbol? Key, ITypeSymbol Element)? FindWritten(INamedTypeSymbol type)
    {
        if (!IsEnumerable(type))
            return null;
        var enumerated = type.IsValueType ? Enumerated.Boxed : Enumerated.ByInterface;
        var interfaces = type.AllInterfaces.Prepend(type).Where(i => i.Arity is 1 or 2).ToLookup(i => i.FullName(), StringComparer.Ordinal);
        var maps = interfaces[Generic + "IReadOnlyDictionary`2"].ToList();
        var items = interfaces[Generic + "IEnumerable`1"].ToList();
        if (maps.Count == 1)
            return With(Dictionary("CreateIReadOnlyDictionaryInfo") with { Enumerated = enumerated }, maps[0]);
        return items.Count == 1 ? With(new("CreateIEnumerableInfo", Enumerated: enumerated), items[0]) : null;
    }

    /// <summary>The reason why a collection that can be written can't be read, or <see langword="null"/>.</summary>
    public static string? Problem(INamedTypeSymbol type, Compilation compilation) => CollectionProblems.Find(type, compilation);

    public static bool IsEnumerable(INamedTypeSymbol type)
        => type.SpecialType == SpecialType.System_Collections_IEnumerable
            || type.AllInterfaces.Any(i => i.SpecialType == SpecialType.System_Collections_IEnumerable);

    private static (CollectionKind Kind, ITypeSymbol? Key, ITypeSymbol Element)? Derived(INamedTypeSymbol type)
    {
        var ancestors = type.Hierarchy().Concat(type.AllInterfaces)
            .Where(t => t.Arity is 1 or 2)
            .ToLookup(t => t.FullName(), StringComparer.Ordinal);
        foreach (var (ancestor, factory) in Bases)
        {
            var found = ancestors[ancestor].ToList();
            if (found.Count > 1)
                return null;
            if (found.Count == 0)
                continue;
            var arguments = found[0].Arity == 2 ? CollectionArguments.CollectionKeyAndElement : CollectionArguments.CollectionAndElement;
            var enumerated = type.IsValueType ? Enumerated.Boxed
                : type.ContainingNamespace.IsSystem() ? Enumerated.Directly : Enumerated.ByInterface;
            return With(new(factory, arguments, HasConstructor: true, Enumerated: enumerated), found[0]);
        }

        return null;
    }

    /// <summary>A cheap check for every class and struct, before its full name, which is expensive to build.</summary>
    private static bool IsCandidate(INamedTypeSymbol type)
        => type is { Arity: 1 or 2, ContainingNamespace.Name: "Generic" or "Immutable" or "System" };

    private static bool HasConstructor(INamedTypeSymbol type) => !type.IsAbstract && type.InstanceConstructors.Any(constructor =>
        constructor is { Parameters.Length: 0, DeclaredAccessibility: Accessibility.Public }
        && !UnsupportedTypes.IsObsoleteError(constructor));

    private static (CollectionKind Kind, ITypeSymbol? Key, ITypeSymbol Element) With(CollectionKind kind, INamedTypeSymbol type)
        => type.Arity == 2 ? (kind, type.TypeArguments[0], type.TypeArguments[1]) : (kind, null, type.TypeArguments[0]);

    private static CollectionKind Dictionary(string factory, bool hasConstructor = false, string? readAs = null)
        => new(factory, CollectionArguments.CollectionKeyAndElement, hasConstructor, ReadAs: readAs);

    private static CollectionKind Range(string type)
        => new("CreateImmutableEnumerableInfo", CreateRange: $"global::{Immutable}{type}.CreateRange");

    private static CollectionKind DictionaryRange(string type)
        => Dictionary("CreateImmutableDictionaryInfo") with { CreateRange = $"global::{Immutable}{type}.CreateRange" };
}
