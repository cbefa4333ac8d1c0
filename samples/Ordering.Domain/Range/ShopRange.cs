namespace Ordering.Domain;

/// <summary>What the shop sells.</summary>
public static class ShopRange
{
    public const int MostOfOneProduct = 20;

    public static IReadOnlyList<Product> Products { get; } =
    [
        new("tea-assam", "Assam, 250 g", 11.50m),
        new("tea-sencha", "Sencha, 100 g", 14.90m),
        new("tea-rooibos", "Rooibos, 250 g", 8.20m),
        new("pot-iron", "Cast-iron teapot", 64.00m),
        new("cup-glass", "Glass cup", 7.35m),
        new("tin-large", "Tea tin, large", 12.75m),
    ];

    public static Product? Find(string? sku) => Products.FirstOrDefault(product => product.Sku == sku);
}
