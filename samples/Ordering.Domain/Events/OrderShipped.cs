using EventStore.EF;

namespace Ordering.Domain;

/// <summary>The parcel has left the shop.</summary>
[Event("order-shipped")]
public sealed record OrderShipped(Guid OrderId, Shipment Shipment, DateTimeOffset ShippedAt);
