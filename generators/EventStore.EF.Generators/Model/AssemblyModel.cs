namespace EventStore.EF.Generators.Model;

/// <summary>The assembly being compiled.</summary>
/// <param name="Namespace">The namespace of its generated types; null if it doesn't reference the library.</param>
internal sealed record AssemblyModel(string? Namespace);

/// <summary>A referenced assembly that contributes to the catalog.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Part">Its part of the catalog.</param>
/// <param name="Contracts">The names and versions under which it stores events.</param>
internal sealed record ReferenceModel(string Name, string Part, EquatableArray<ContractModel> Contracts);

/// <summary>A stored name and version, and the type that they belong to.</summary>
internal sealed record ContractModel(string Name, int Version, string Type);

/// <summary>Nested shapes whose ids fall into the same bucket.</summary>
internal sealed record BucketModel(int Number, EquatableArray<ClassShape> Shapes);

/// <summary>The types that the context of the assembly can serialize.</summary>
internal sealed record ContextModel(EquatableArray<Shape> Shapes);

/// <summary>The assembly's part of the catalog.</summary>
internal sealed record CatalogModel(
    EquatableArray<string> EventClasses,
    EquatableArray<string> SubscriberIds,
    EquatableArray<string> ReferencedParts,
    EquatableArray<string> StateIds = default,
    bool HasUpcasters = false)
{
    public bool IsEmpty
        => EventClasses.Count == 0 && SubscriberIds.Count == 0 && ReferencedParts.Count == 0 && StateIds.Count == 0 && !HasUpcasters;
}
