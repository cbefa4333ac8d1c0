using System.Text.Json.Serialization;
using EventStore.EF;

namespace Ordering.Domain;

/// <summary>Something that happened to an order. Subscribe to this interface to handle all such events.</summary>
public interface IOrderEvent { Guid OrderId { get; } }

/// <summary>A customer placed an order. Titles and prices are those of that day: a new price list doesn't change old orders.</summary>
[Event("order-placed")]
public sealed record OrderPlaced(Guid OrderId, Customer Customer, IReadOnlyList<OrderLine> Lines, decimal Total, DateTimeOffset PlacedAt)
    : IOrderEvent;

[Event("order-paid")]
public sealed record OrderPaid(Guid OrderId, decimal Amount, PaymentMethod Method, DateTimeOffset PaidAt) : IOrderEvent;

[Event("order-shipped")]
public sealed record OrderShipped(Guid OrderId, string TrackingCode, DateTimeOffset ShippedAt) : IOrderEvent;

[Event("order-cancelled")]
public sealed record OrderCancelled(Guid OrderId, decimal Refund, string? Note, DateTimeOffset CancelledAt) : IOrderEvent;

public sealed record Customer(string Name, string Email);
public sealed record OrderLine(string Sku, string Title, int Quantity, decimal UnitPrice);

/// <summary>Stored by name: the meaning of a number would change if somebody sorted the list.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<PaymentMethod>))]
public enum PaymentMethod { Card, Transfer, Voucher }
