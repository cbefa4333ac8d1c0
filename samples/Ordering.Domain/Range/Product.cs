namespace Ordering.Domain;

public sealed record Product(string Sku, string Title, decimal Price);
