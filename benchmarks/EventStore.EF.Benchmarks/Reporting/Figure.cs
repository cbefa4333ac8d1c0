namespace EventStore.EF.Benchmarks;

/// <summary>One thing measured in a case.</summary>
/// <param name="Name">What it is, with its unit.</param>
/// <param name="Store">The store's.</param>
/// <param name="Floor">The floor's, if it has one.</param>
/// <param name="Ratio">The store's by the floor's.</param>
/// <param name="Reach">What it is meant to reach, if anything is promised of it.</param>
internal sealed record Figure(string Name, double Store, double? Floor = null, double? Ratio = null, Reach? Reach = null);
