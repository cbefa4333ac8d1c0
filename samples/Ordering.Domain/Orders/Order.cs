namespace Ordering.Domain;

/// <summary>What the events of one order add up to: all that its rules need to know. What may happen next stands in <see cref="OrderRules"/>.</summary>
public sealed record Order
{
    /// <summary>The order before its first event.</summary>
    public static Order None { get; } = new();

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

    /// <summary>The order after one more event.</summary>
    public Order Apply(object @event) => @event switch
    {
        OrderPlaced placed => new()
        {
            Id = placed.OrderId,
            Status = OrderStatus.Placed,
            Customer = placed.Customer,
            Lines = placed.Lines,
            Total = placed.Total,
            DeliverBy = placed.DeliverBy,
            PlacedAt = placed.PlacedAt,
        },
        OrderPaid paid => this with { Status = OrderStatus.Paid, Paid = Paid + paid.Amount },
        OrderShipped shipped => this with { Status = OrderStatus.Shipped, Shipment = shipped.Shipment, ClosedAt = shipped.ShippedAt },
        OrderCancelled cancelled => this with { Status = OrderStatus.Cancelled, ClosedAt = cancelled.CancelledAt },
        OrderRefunded refunded => this with { Refunded = Refunded + refunded.Amount },

        // An event that is not understood must not be passed over: decisions would be made on half of what happened.
        _ => throw new ArgumentException($"An order knows no {@event.GetType()}.", nameof(@event)),
    };
}
