using EventStore.EF;

namespace Shop.Domain;

[Event("order-placed")]
public sealed record OrderPlaced(string Customer, decimal Amount);
