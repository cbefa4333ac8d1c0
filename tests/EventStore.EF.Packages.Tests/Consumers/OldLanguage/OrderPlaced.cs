using System;
using EventStore.EF;

namespace Shop;

[Event("order-placed")]
public sealed record OrderPlaced(Guid OrderId, string Customer);
