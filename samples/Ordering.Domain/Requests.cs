namespace Ordering.Domain;

/// <summary>A customer's order, without prices: those come from the shop.</summary>
public sealed record PlaceOrder(Customer? Customer, IReadOnlyList<RequestedLine?>? Lines);
public sealed record RequestedLine(string? Sku, int Quantity);

/// <summary>The request contains the amount, so that customers pay exactly what they saw.</summary>
public sealed record PayOrder(decimal Amount, PaymentMethod Method = PaymentMethod.Card);
public sealed record ShipOrder(string? TrackingCode);
public sealed record CancelOrder(string? Note = null);
