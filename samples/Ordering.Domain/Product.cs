namespace Ordering.Domain;

public sealed record Product(string Sku, string Title, decimal Price)
{
    public static IReadOnlyList<Product> All { get; } =
    [
        new("tea-assam", "Assam, 250 g", 11.50m),
        new("tea-sencha", "Sencha, 100 g", 14.90m),
        new("pot-iron", "Cast-iron teapot", 64.00m),
        new("cup-glass", "Glass cup", 7.35m),
    ];
}
