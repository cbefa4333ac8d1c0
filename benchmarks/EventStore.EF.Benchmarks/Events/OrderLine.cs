namespace EventStore.EF.Benchmarks;

/// <summary>One article of an order.</summary>
public sealed record OrderLine(string Sku, int Quantity, decimal Price);
