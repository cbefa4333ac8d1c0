namespace EventStore.EF.Benchmarks;

/// <summary>
/// The floor's order: <see cref="OrderPlaced"/> over again, because a context of System.Text.Json that names an event makes the store use it
/// too.
/// </summary>
internal sealed record FloorOrder(Guid OrderId, string Customer, decimal Amount, IReadOnlyList<OrderLine> Lines, DateTimeOffset PlacedAt, string Note)
{
    public static FloorOrder Sample { get; } = new(
        OrderPlaced.Sample.OrderId, OrderPlaced.Sample.Customer, OrderPlaced.Sample.Amount, OrderPlaced.Sample.Lines, OrderPlaced.Sample.PlacedAt, OrderPlaced.Sample.Note);
}
