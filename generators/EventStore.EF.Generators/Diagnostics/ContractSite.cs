using EventStore.EF.Generators.Model;

namespace EventStore.EF.Generators.Diagnostics;

/// <summary>An event's stored names and its location, for messages only. In the models, a location would defeat the cache.</summary>
internal sealed record ContractSite(EquatableArray<ContractModel> Contracts, LocationModel? Location);
