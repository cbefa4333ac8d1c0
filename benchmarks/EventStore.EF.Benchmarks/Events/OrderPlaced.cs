namespace EventStore.EF.Benchmarks;

/// <summary>The event that is measured with: about 250 bytes of JSON.</summary>
[Event("order-placed")]
public sealed record OrderPlaced(Guid OrderId, string Customer, decimal Amount, IReadOnlyList<OrderLine> Lines, DateTimeOffset PlacedAt, string Note)
{
    /// <summary>The name under which it is stored.</summary>
    internal const string StoredName = "order-placed";

    /// <summary>One for all appends, so that what a round allocates is what appending it takes.</summary>
    internal static OrderPlaced Sample { get; } = new(
        new("6f1c3c52-8a0e-4c5e-9a57-0f0f4d1f7a11"), "Ada Lovelace", 12.50m, [new("A-1", 2, 3.25m), new("B-2", 1, 6.00m)],
        new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero), "leave it at the door, please");
}
