namespace Ordering.Domain;

/// <summary>What a customer asks for. Prices are not asked: they are the shop's.</summary>
public sealed record PlaceOrder(Customer? Customer, IReadOnlyList<RequestedLine>? Lines, DateOnly? DeliverBy = null);
