using EventStore.EF;

namespace Ordering.Domain;

/// <summary>A customer has placed an order. Titles and prices are those of the day: a later change of the range must not change it.</summary>
[Event("order-placed")]
public sealed record OrderPlaced(
    Guid OrderId, Customer Customer, IReadOnlyList<OrderLine> Lines, decimal Total, DateOnly? DeliverBy, DateTimeOffset PlacedAt);
