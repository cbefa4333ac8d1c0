using EventStore.EF;

namespace Sales.Domain;

[Event("order-placed")]
public sealed record OrderPlaced(int Number, string Customer);
