using Ordering.Domain;

namespace Ordering.Orders;

/// <summary>Place, pay, ship, cancel.</summary>
internal static class OrderEndpoints
{
    public static void MapOrders(this IEndpointRouteBuilder routes)
    {
        var orders = routes.MapGroup("/api/orders");
        orders.MapPost("", async (PlaceOrder request, OrderDesk desk, TimeProvider clock, CancellationToken ct) =>
        {
            var id = Guid.CreateVersion7();
            var result = await desk.ChangeAsync(id, order => order.Place(request, id, clock.Now()), ct);
            return Results.Created($"/api/orders/{id}/events", new OrderChanged(id, result.StreamVersion, result.LastPosition));
        });
        orders.MapPost("{id:guid}/pay", (Guid id, PayOrder request, OrderDesk desk, TimeProvider clock, CancellationToken ct)
            => ChangeAsync(desk, id, order => order.Pay(request, clock.Now()), ct));
        orders.MapPost("{id:guid}/ship", (Guid id, ShipOrder request, OrderDesk desk, TimeProvider clock, CancellationToken ct)
            => ChangeAsync(desk, id, order => order.Ship(request, clock.Now()), ct));
        orders.MapPost("{id:guid}/cancel", (Guid id, CancelOrder request, OrderDesk desk, TimeProvider clock, CancellationToken ct)
            => ChangeAsync(desk, id, order => order.Cancel(request, clock.Now()), ct));
    }

    private static async Task<OrderChanged> ChangeAsync(OrderDesk desk, Guid id, Func<Order, IReadOnlyList<object>> decide, CancellationToken ct)
    {
        var result = await desk.ChangeAsync(id, decide, ct);
        return new(id, result.StreamVersion, result.LastPosition);
    }

    /// <summary>In whole milliseconds: a clock's ticks would not survive PostgreSQL, which keeps microseconds.</summary>
    private static DateTimeOffset Now(this TimeProvider clock)
        => DateTimeOffset.FromUnixTimeMilliseconds(clock.GetUtcNow().ToUnixTimeMilliseconds());
}
