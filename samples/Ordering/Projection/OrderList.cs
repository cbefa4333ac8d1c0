using EventStore.EF;
using Ordering.Domain;

namespace Ordering.Projection;

/// <summary>Keeps the order list and the takings per day.</summary>
/// <remarks>
/// A projection: the store saves the rows and commits them with the checkpoint, so each event is applied once, whatever crashes. Nothing here
/// has to know which events were applied already.
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
        var day = await DayAsync(@event.PaidAt, ct);
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
        var day = await DayAsync(@event.RefundedAt, ct);
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
        if (row is null)
            shop.Add(row = new() { Id = orderId });

        await change(row);
        row.Version = context.StreamVersion;
        metrics.Projected.Add(1);
    }

    private async Task<RevenueRow> DayAsync(DateTimeOffset at, CancellationToken ct)
    {
        var day = DateOnly.FromDateTime(at.UtcDateTime);
        var row = await shop.Revenue.FindAsync([day], ct);
        if (row is null)
            shop.Add(row = new() { Day = day });

        return row;
    }
}
