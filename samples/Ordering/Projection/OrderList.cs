using EventStore.EF;
using Ordering.Domain;

namespace Ordering.Projection;

/// <summary>Keeps the order list and the takings per day.</summary>
/// <remarks>
/// Events come at least once: after a crash those since the last checkpoint come again. So each row holds the position of the last
/// event applied to it, and what is not newer is passed over. The order's row and the day's row are saved in one transaction,
/// so the order's position speaks for both.
/// </remarks>
internal sealed class OrderList(ShopDbContext shop, ShopMetrics metrics) :
    ISubscriber<OrderPlaced>, ISubscriber<OrderPaid>, ISubscriber<OrderShipped>, ISubscriber<OrderCancelled>, ISubscriber<OrderRefunded>
{
    public ValueTask HandleAsync(OrderPlaced @event, EventContext context, CancellationToken ct) => ApplyAsync(@event.OrderId, context, row =>
    {
        row.Status = OrderStatus.Placed;
        row.CustomerName = @event.Customer.Name;
        row.CustomerEmail = @event.Customer.Email;
        row.Items = Describe(@event.Lines);
        row.Total = @event.Total;
        row.DeliverBy = @event.DeliverBy;
        row.PlacedAt = @event.PlacedAt;
        row.FirstPosition = context.Position;
    }, ct);

    public ValueTask HandleAsync(OrderPaid @event, EventContext context, CancellationToken ct) => ApplyAsync(@event.OrderId, context, async row =>
    {
        row.Status = OrderStatus.Paid;
        row.Paid += @event.Amount;
        var day = await DayAsync(@event.PaidAt, context, ct);
        day.Amount += @event.Amount;
        day.Payments++;
    }, ct);

    public ValueTask HandleAsync(OrderShipped @event, EventContext context, CancellationToken ct) => ApplyAsync(@event.OrderId, context, row =>
    {
        row.Status = OrderStatus.Shipped;
        row.TrackingCode = @event.Shipment.TrackingCode;
        row.ClosedAt = @event.ShippedAt;
    }, ct);

    public ValueTask HandleAsync(OrderCancelled @event, EventContext context, CancellationToken ct) => ApplyAsync(@event.OrderId, context, row =>
    {
        row.Status = OrderStatus.Cancelled;
        row.ClosedAt = @event.CancelledAt;
    }, ct);

    public ValueTask HandleAsync(OrderRefunded @event, EventContext context, CancellationToken ct) => ApplyAsync(@event.OrderId, context, async row =>
    {
        row.Refunded += @event.Amount;
        var day = await DayAsync(@event.RefundedAt, context, ct);
        day.Amount -= @event.Amount;
        day.Refunds++;
    }, ct);

    /// <summary>The lines of an order in words.</summary>
    public static string Describe(IEnumerable<OrderLine> lines) => string.Join("; ", lines.Select(line => $"{line.Quantity} × {line.Title}"));

    private ValueTask ApplyAsync(Guid orderId, EventContext context, Action<OrderRow> change, CancellationToken ct)
        => ApplyAsync(orderId, context, row =>
        {
            change(row);
            return Task.CompletedTask;
        }, ct);

    private async ValueTask ApplyAsync(Guid orderId, EventContext context, Func<OrderRow, Task> change, CancellationToken ct)
    {
        var row = await shop.Orders.FindAsync([orderId], ct);
        if (row?.Position >= context.Position)
            return;

        if (row is null)
            shop.Add(row = new() { Id = orderId });
        if (context.StreamVersion != row.Version + 1)
            throw new InvalidOperationException($"Order {orderId} is at version {row.Version} in the list, and event {context.StreamVersion} came: events are missing or out of order.");

        await change(row);
        row.Version = context.StreamVersion;
        row.Position = context.Position;
        await shop.SaveChangesAsync(ct);
        metrics.Projected.Add(1);
    }

    private async Task<RevenueRow> DayAsync(DateTimeOffset at, EventContext context, CancellationToken ct)
    {
        var day = DateOnly.FromDateTime(at.UtcDateTime);
        var row = await shop.Revenue.FindAsync([day], ct);
        if (row is null)
            shop.Add(row = new() { Day = day });

        row.Position = context.Position;
        return row;
    }
}
