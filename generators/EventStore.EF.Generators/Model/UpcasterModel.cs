namespace EventStore.EF.Generators.Model;

/// <summary>A class that turns events of the past into those of today.</summary>
/// <param name="Type">The class.</param>
/// <param name="Upcasts">The types it reads.</param>
/// <param name="Json">The stored version that it reads by its JSON.</param>
internal sealed record UpcasterModel(TypeName Type, EquatableArray<UpcastModel> Upcasts, JsonUpcastModel? Json);

/// <summary>A type that is read as another.</summary>
/// <param name="From">The type that is stored.</param>
/// <param name="To">The type that it is read as; null when it is read as several, or none.</param>
internal sealed record UpcastModel(string From, string? To);

/// <summary>A stored version that is read as another by its JSON.</summary>
internal sealed record JsonUpcastModel(string Name, int Version, string ToName, int ToVersion);
