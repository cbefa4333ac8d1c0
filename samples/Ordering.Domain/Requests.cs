namespace Ordering.Domain;

/// <summary>What a customer wants to buy. The shop knows the prices.</summary>
public sealed record PlaceOrder(Customer? Customer, IReadOnlyList<RequestedLine?>? Lines);
public sealed record RequestedLine(string? Sku, int Quantity);

/// <summary>The request says the amount, so that nobody pays another sum than the one they saw.</summary>
public sealed record PayOrder(decimal Amount, PaymentMethod Method = PaymentMethod.Card);
public sealed record ShipOrder(string? TrackingCode);
public sealed record CancelOrder(string? Note = null);
