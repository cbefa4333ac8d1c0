using System.Globalization;
using EventStore.EF;
using Ordering.Domain;
using Ordering.Orders;

namespace Ordering.Mail;

/// <summary>Tells the customer about everything that happens to an order.</summary>
internal sealed class OrderEmails(Mailbox mailbox, IEventStore store, ShopMetrics metrics) :
    ISubscriber<OrderPlaced>, ISubscriber<OrderPaid>, ISubscriber<OrderShipped>, ISubscriber<OrderCancelled>, ISubscriber<OrderRefunded>
{
    public ValueTask HandleAsync(OrderPlaced @event, EventContext context, CancellationToken ct) => SendAsync(@event.OrderId, context,
        "We have your order",
        $"""
        thank you for your order:

        {string.Join('\n', @event.Lines.Select(line => $"  {line.Quantity} × {line.Title}, {Money(line.UnitPrice)} each"))}

        Together {Money(@event.Total)}. We pack it as soon as it is paid{(@event.DeliverBy is { } day ? $", to be with you by {day:yyyy-MM-dd}" : "")}.
        """, ct);

    public ValueTask HandleAsync(OrderPaid @event, EventContext context, CancellationToken ct) => SendAsync(@event.OrderId, context,
        "Thank you for your payment", $"we have received {Money(@event.Amount)} by {@event.Method}. Your tea is being packed.", ct);

    public ValueTask HandleAsync(OrderShipped @event, EventContext context, CancellationToken ct) => SendAsync(@event.OrderId, context,
        "Your parcel is on its way", $"your parcel travels by {@event.Shipment.Carrier} under the code {@event.Shipment.TrackingCode}.", ct);

    public ValueTask HandleAsync(OrderCancelled @event, EventContext context, CancellationToken ct) => SendAsync(@event.OrderId, context,
        "Your order is cancelled", $"as you wished, nothing will be sent. ({@event.Reason}{(@event.Note is { } note ? $": {note}" : "")})", ct);

    public ValueTask HandleAsync(OrderRefunded @event, EventContext context, CancellationToken ct) => SendAsync(@event.OrderId, context,
        "Your money is on its way back", $"we have sent {Money(@event.Amount)} back to you.", ct);

    private async ValueTask SendAsync(Guid orderId, EventContext context, string subject, string text, CancellationToken ct)
    {
        var customer = await CustomerAsync(context, ct);
        await mailbox.PutAsync(
            new(context.Position, orderId, context.Event.EventType, customer, subject, $"Dear {customer.Name},\n\n{text}\n\nThe tea shop\n", context.CreatedAt), ct);
        metrics.Mailed.Add(1);
    }

    /// <summary>Who placed the order: read from its first event, since the order list may be behind.</summary>
    private async Task<Customer> CustomerAsync(EventContext context, CancellationToken ct)
        => (context.StreamVersion == 1 ? context.Event : await store.ReadStreamAsync(context.StreamName, new() { MaxCount = 1 }, ct).FirstAsync(ct))
            .As<OrderPlaced>().Customer;

    private static string Money(decimal amount) => amount.ToString("0.00 'EUR'", CultureInfo.InvariantCulture);
}
