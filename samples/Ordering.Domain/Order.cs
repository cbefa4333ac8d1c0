using System.Diagnostics.CodeAnalysis;
using System.Net.Mail;
using System.Text;
using System.Text.Json.Serialization;
using EventStore.EF;

namespace Ordering.Domain;

/// <summary>The state of an order, folded from its events, and its rules. A rule returns the events that happen next, or throws.</summary>
[State]
public sealed record Order(Guid Id, Customer Customer, decimal Total, OrderStatus Status)
{
    public static StreamName StreamOf(Guid orderId) => $"order-{orderId}";

    public static OrderPlaced Place(Guid id, PlaceOrder request, DateTimeOffset now)
    {
        Require(IsLine(request.Customer?.Name, 100), "Enter a name: one line of at most 100 characters.");
        Require(IsEmail(request.Customer.Email), "Enter an e-mail address such as ada@example.com.");
        Require(request.Lines is { Count: > 0 }, "Choose at least one product.");
        Require(request.Lines.DistinctBy(line => line?.Sku).Count() == request.Lines.Count, "List each product once.");
        OrderLine[] lines = [.. request.Lines.Select(LineOf)];
        return new(id, request.Customer, lines, lines.Sum(line => line.Quantity * line.UnitPrice), now);
    }

    public IEnumerable<object> Pay(PayOrder request, DateTimeOffset now)
    {
        RequireStatus("paid", OrderStatus.Placed);
        Require(request.Amount == Total, FormattableString.Invariant($"The order costs {Total:0.00} EUR, not {request.Amount:0.00} EUR."));
        Require(Enum.IsDefined(request.Method), "Pay by card, transfer or voucher.");
        return [new OrderPaid(Id, Total, request.Method, now)];
    }

    public IEnumerable<object> Ship(ShipOrder request, DateTimeOffset now)
    {
        RequireStatus("shipped", OrderStatus.Paid);
        Require(IsLine(request.TrackingCode, 50), "Enter a tracking code: one line of at most 50 characters.");
        return [new OrderShipped(Id, request.TrackingCode, now)];
    }

    public IEnumerable<object> Cancel(CancelOrder request, DateTimeOffset now)
    {
        RequireStatus("cancelled", OrderStatus.Placed, OrderStatus.Paid);
        Require(request.Note is null || IsLine(request.Note, 500), "Enter a note of one line and at most 500 characters, or none.");
        return [new OrderCancelled(Id, Refund: Status is OrderStatus.Paid ? Total : 0, request.Note, now)];
    }

    // The store calls these when it loads an order, one per event.
    private static Order Create(OrderPlaced placed) => new(placed.OrderId, placed.Customer, placed.Total, OrderStatus.Placed);
    private Order Apply(OrderPaid _) => this with { Status = OrderStatus.Paid };
    private Order Apply(OrderShipped _) => this with { Status = OrderStatus.Shipped };
    private Order Apply(OrderCancelled _) => this with { Status = OrderStatus.Cancelled };

    private static OrderLine LineOf(RequestedLine? line)
    {
        var product = Product.All.FirstOrDefault(product => product.Sku == line?.Sku);
        Require(product is not null, "The shop doesn't sell one of these products.");
        Require(line?.Quantity is >= 1 and <= 20, $"Order 1 to 20 of {product.Title}.");
        return new(product.Sku, product.Title, line.Quantity, product.Price);
    }

    // A line separator could forge an e-mail header. U+FFFD replaces half a surrogate pair, which is not valid text.
    private static bool IsLine([NotNullWhen(true)] string? text, int length) => !string.IsNullOrWhiteSpace(text) && text.Length <= length
        && text.EnumerateRunes().All(rune => !Rune.IsControl(rune) && rune.Value is not (0x2028 or 0x2029 or 0xFFFD));

    private static bool IsEmail(string? text)
        => IsLine(text, 254) && Ascii.IsValid(text) && MailAddress.TryCreate(text, out var address) && address.Address == text;

    private void RequireStatus(string wish, params OrderStatus[] allowed)
        => Require(allowed.Contains(Status), $"The order is {Status.ToString().ToLowerInvariant()}. It can't be {wish}.", isConflict: true);

    private static void Require([DoesNotReturnIf(false)] bool condition, string message, bool isConflict = false)
    {
        if (!condition)
            throw new RuleViolationException(message, isConflict);
    }
}

[JsonConverter(typeof(JsonStringEnumConverter<OrderStatus>))]
public enum OrderStatus { Placed, Paid, Shipped, Cancelled }

/// <summary>A rule forbids a request. The message is for the customer. It is a conflict if the status of the order is the reason.</summary>
public sealed class RuleViolationException(string message, bool isConflict) : Exception(message) { public bool IsConflict => isConflict; }
