namespace Ordering.Domain;

/// <summary>So many of one product.</summary>
public sealed record RequestedLine(string? Sku, int Quantity);
