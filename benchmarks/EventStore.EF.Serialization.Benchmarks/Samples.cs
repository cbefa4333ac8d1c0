using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace EventStore.EF.Serialization.Benchmarks;

/// <summary>What is written and read, and by whom.</summary>
internal static class Samples
{
    public static readonly OrderPlaced Placed = new(
        new("0b9c3cf6-8e3c-4f1e-9a55-3b7d7f0f6a11"), "Ada Lovelace", 129.90m, new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero), 3,
        new("12 St James's Square", "London", "SW1Y 4LE"), [new("sku-1", 2, 19.95m), new("sku-2", 1, 90m)]);

    public static readonly OrderPaid Paid = new(Placed.OrderId, new Card(129.90m, "4711"));

    public static readonly IReadOnlyList<object> All =
    [
        Placed,
        new OrderPacked(Placed.OrderId, "Grace Hopper", 2, Placed.At),
        new OrderShipped(Placed.OrderId, Carrier.Courier, DayOfWeek.Friday),
        Paid,
    ];

    private static readonly EventCatalog Catalog = EventCatalog.Of(typeof(Samples).Assembly);

    public static EventDescriptor Descriptor(Type type) => Catalog.Find(type)!;

    public static JsonTypeInfo OfSystemTextJson(Type type) => JsonContext.Default.GetTypeInfo(type)!;

    public static byte[] Bytes(object value) => JsonSerializer.SerializeToUtf8Bytes(value, OfSystemTextJson(value.GetType()));
}
