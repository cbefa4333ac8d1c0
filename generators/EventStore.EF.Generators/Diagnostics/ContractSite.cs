using EventStore.EF.Generators.Model;

namespace EventStore.EF.Generators.Diagnostics;

/// <summary>An event's stored names and where it is declared, for messages only: a location in the models would undo the cache.</summary>
internal sealed record ContractSite(EquatableArray<ContractModel> Contracts, LocationModel? Location);
