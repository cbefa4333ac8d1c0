using EventStore.EF;

namespace Returns.Domain;

/// <summary>Of the name that Sales.Domain has taken already, so that nobody may reference both.</summary>
[Event("order-placed")]
public sealed record OrderPlaced(int Number, string Reason);
