namespace EventStore.EF.Generators.Model;

/// <summary>A class that turns old versions of events into newer ones.</summary>
/// <param name="Type">The class.</param>
/// <param name="Upcasts">The types it reads.</param>
/// <param name="Json">The stored version that it reads as JSON, if any.</param>
internal sealed record UpcasterModel(TypeName Type, EquatableArray<UpcastModel> Upcasts, JsonUpcastModel? Json);

/// <summary>A type that is read as another.</summary>
/// <param name="From">The stored type.</param>
/// <param name="To">The type that it is read as; null if it is split into several events or none.</param>
internal sealed record UpcastModel(string From, string? To);

/// <summary>A stored version whose JSON is turned into that of another version.</summary>
internal sealed record JsonUpcastModel(string Name, int Version, string ToName, int ToVersion);
