using System.Text;
using EventStore.EF;
using Ordering.Domain;
using static System.FormattableString;

namespace Ordering;

/// <summary>A durable subscriber: it resumes where it stopped. After a crash, the last events can be delivered again.</summary>
public sealed class OrderEmails(IEventStore store, Mailbox mailbox) : ISubscriber<IOrderEvent>
{
    public async ValueTask HandleAsync(IOrderEvent @event, EventContext context, CancellationToken cancellationToken)
    {
        var order = (await store.LoadAsync<Order>(context.StreamName, cancellationToken)).State;
        var (subject, text) = @event switch
        {
            OrderPlaced => ("We have received your order", Invariant($"please pay {order.Total:0.00} EUR. Then we will pack your tea.")),
            OrderPaid paid => ("Thank you for your payment", Invariant($"we received {paid.Amount:0.00} EUR by {paid.Method}.")),
            OrderShipped shipped => ("Your parcel is on its way", $"its tracking code is {shipped.TrackingCode}."),
            OrderCancelled cancelled
                => ("Your order has been cancelled", Invariant($"we will refund {cancelled.Refund:0.00} EUR. {cancelled.Note}")),
            _ => throw new NotSupportedException($"There is no e-mail about {@event}."),
        };
        await mailbox.SendAsync(order, context, subject, $"Dear {order.Customer.Name},\n\n{text}\n\nThe tea shop\n", cancellationToken);
    }
}

/// <summary>Replaces a mail server: one folder per order, one file per e-mail.</summary>
public sealed class Mailbox
{
    /// <summary>Writes an e-mail atomically. The file is named after the event, so an event delivered twice writes only one file.</summary>
    public async Task SendAsync(Order order, EventContext about, string subject, string body, CancellationToken ct)
    {
        var file = Path.Combine(Directory.CreateDirectory(FolderOf(order.Id)).FullName, FileNameOf(about.Event));
        await File.WriteAllTextAsync($"{file}.tmp", Invariant(
            $"""
            From: The tea shop <shop@example.org>
            To: {Encode(order.Customer.Name)} <{order.Customer.Email}>
            Subject: {subject}
            Date: {about.CreatedAt:R}
            Message-ID: <{about.Event.EventId}@example.org>
            MIME-Version: 1.0
            Content-Type: text/plain; charset=utf-8

            {body}
            """), ct);
        File.Move($"{file}.tmp", file, overwrite: true);
    }

    public IEnumerable<string> Read(Guid orderId) => Directory.Exists(FolderOf(orderId))
        ? Directory.GetFiles(FolderOf(orderId), "*.eml").Order(StringComparer.Ordinal).Select(File.ReadAllText) : [];

    public static string FolderOf(Guid orderId) => Path.Combine("mailbox", orderId.ToString());
    public static string FileNameOf(RecordedEvent @event) => $"{@event.Position:D12} {@event.EventType}.eml";

    // RFC 2047: headers are ASCII, in words of at most 75 characters. No name can therefore end its header and start another.
    private static string Encode(string text) => string.Join(' ', text.EnumerateRunes().Chunk(10)
        .Select(runes => $"=?utf-8?B?{Convert.ToBase64String(Encoding.UTF8.GetBytes(string.Concat(runes)))}?="));
}
