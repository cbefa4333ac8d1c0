namespace EventStore.EF.Benchmarks;

/// <summary>The event that is measured with: about 250 bytes of JSON.</summary>
[Event("order-placed")]
public sealed record OrderPlaced(Guid OrderId, string Customer, decimal Amount, IReadOnlyList<OrderLine> Lines, DateTimeOffset PlacedAt, string Note)
{
    public static OrderPlaced Sample(Guid orderId) => new(
        orderId, "Ada Lovelace", 12.50m, [new("A-1", 2, 3.25m), new("B-2", 1, 6.00m)], new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero), "leave it at the door");
}

/// <summary>One article of an order.</summary>
public sealed record OrderLine(string Sku, int Quantity, decimal Price);
