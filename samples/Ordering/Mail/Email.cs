using System.Globalization;
using Ordering.Domain;

namespace Ordering.Mail;

/// <summary>One e-mail about one event.</summary>
internal sealed record Email(long Position, Guid OrderId, string EventType, Customer To, string Subject, string Body, DateTimeOffset Date)
{
    /// <summary>
    /// Made of the event's position and order alone: an event that is delivered again writes the same file again. The names sort
    /// in the order of the events.
    /// </summary>
    public string FileName => NameOf(Position, OrderId, EventType);

    public static string NameOf(long position, Guid orderId, string eventType)
        => string.Create(CultureInfo.InvariantCulture, $"{position:D12} {orderId} {eventType}.eml");
}
