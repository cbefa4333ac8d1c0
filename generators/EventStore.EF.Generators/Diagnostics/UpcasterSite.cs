using EventStore.EF.Generators.Model;

namespace EventStore.EF.Generators.Diagnostics;

/// <summary>An upcaster and its location, for messages only.</summary>
internal sealed record UpcasterSite(UpcasterModel Model, string Type, LocationModel? Location);
