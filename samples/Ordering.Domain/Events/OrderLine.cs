namespace Ordering.Domain;

/// <summary>So many of one product, at the price of the day.</summary>
public sealed record OrderLine(string Sku, string Title, int Quantity, decimal UnitPrice);
