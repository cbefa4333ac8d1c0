using EventStore.EF;

namespace Ordering.Domain;

/// <summary>
/// What the events of one order add up to: all that its rules need to know. What may happen next stands in <see cref="OrderRules"/>.
/// The store calls the method of each event; before the first one an order is as <c>new</c> makes it.
/// </summary>
[State]
public sealed record Order
{
    public Guid Id { get; private init; }
    public OrderStatus Status { get; private init; }
    public Customer? Customer { get; private init; }
    public IReadOnlyList<OrderLine> Lines { get; private init; } = [];
    public decimal Total { get; private init; }
    public decimal Paid { get; private init; }
    public decimal Refunded { get; private init; }
    public Shipment? Shipment { get; private init; }
    public DateOnly? DeliverBy { get; private init; }
    public DateTimeOffset? PlacedAt { get; private init; }
    public DateTimeOffset? ClosedAt { get; private init; }

    private Order Apply(OrderPlaced placed) => this with
    {
        Id = placed.OrderId,
        Status = OrderStatus.Placed,
        Customer = placed.Customer,
        Lines = placed.Lines,
        Total = placed.Total,
        DeliverBy = placed.DeliverBy,
        PlacedAt = placed.PlacedAt,
    };

    private Order Apply(OrderPaid paid) => this with { Status = OrderStatus.Paid, Paid = Paid + paid.Amount };

    private Order Apply(OrderShipped shipped)
        => this with { Status = OrderStatus.Shipped, Shipment = shipped.Shipment, ClosedAt = shipped.ShippedAt };

    private Order Apply(OrderCancelled cancelled) => this with { Status = OrderStatus.Cancelled, ClosedAt = cancelled.CancelledAt };

    private Order Apply(OrderRefunded refunded) => this with { Refunded = Refunded + refunded.Amount };

    // An event that is not understood must not be passed over: decisions would be made on half of what happened.
    private Order Apply(object other) => throw new ArgumentException($"Order {Id} knows no {other.GetType()}.", nameof(other));
}
