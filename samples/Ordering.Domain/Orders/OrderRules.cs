using System.Globalization;

namespace Ordering.Domain;

/// <summary>
/// The rules of the shop: each method decides, from what has happened to an order, which events happen next, or says why none.
/// Nothing here waits, stores or sends; so every rule can be tested with plain objects.
/// </summary>
public static class OrderRules
{
    public static IReadOnlyList<object> Place(this Order order, PlaceOrder request, Guid orderId, DateTimeOffset now)
    {
        if (order.Status != OrderStatus.None)
            throw RuleViolationException.Conflict("already-placed", "This order has been placed already.");
        if (string.IsNullOrWhiteSpace(request.Customer?.Name) || request.Customer.Name.Length > 100 || request.Customer.Name.Any(char.IsControl))
            throw RuleViolationException.Invalid("no-name", "We need a name to write on the parcel: one line, at most 100 characters.");
        if (!IsEmail(request.Customer.Email))
            throw RuleViolationException.Invalid("no-email", $"'{request.Customer.Email}' is no e-mail address we could write to.");
        if (request.DeliverBy < DateOnly.FromDateTime(now.UtcDateTime))
            throw RuleViolationException.Invalid("too-late", $"{request.DeliverBy:yyyy-MM-dd} is over already; we can't deliver by then.");

        var lines = LinesOf(request.Lines);
        return [new OrderPlaced(orderId, request.Customer, lines, lines.Sum(line => line.Quantity * line.UnitPrice), request.DeliverBy, now)];
    }

    public static IReadOnlyList<object> Pay(this Order order, PayOrder request, DateTimeOffset now) => order.Status switch
    {
        OrderStatus.None => throw RuleViolationException.NoSuchOrder(),
        OrderStatus.Cancelled => throw RuleViolationException.Conflict("cancelled", "This order was cancelled; there is nothing to pay."),
        OrderStatus.Paid or OrderStatus.Shipped => throw RuleViolationException.Conflict("already-paid", "This order has been paid already."),
        _ when request.Amount != order.Total => throw RuleViolationException.Invalid(
            "wrong-amount", $"The order costs {Money(order.Total)}, not {Money(request.Amount)}; it is paid in full or not at all."),
        _ when !Enum.IsDefined(request.Method) => throw RuleViolationException.Invalid("no-such-method", $"We don't take payment by {request.Method}."),
        _ => [new OrderPaid(order.Id, request.Amount, request.Method, now)],
    };

    public static IReadOnlyList<object> Ship(this Order order, ShipOrder request, DateTimeOffset now) => order.Status switch
    {
        OrderStatus.None => throw RuleViolationException.NoSuchOrder(),
        OrderStatus.Placed => throw RuleViolationException.Conflict("unpaid", "This order has not been paid; we ship when it is."),
        OrderStatus.Cancelled => throw RuleViolationException.Conflict("cancelled", "This order was cancelled; it must not be shipped."),
        OrderStatus.Shipped => throw RuleViolationException.Conflict("already-shipped", "This order has been shipped already."),
        _ when string.IsNullOrWhiteSpace(request.TrackingCode) => throw RuleViolationException.Invalid("no-tracking-code", "A parcel needs a tracking code."),
        _ when !Enum.IsDefined(request.Carrier) => throw RuleViolationException.Invalid("no-such-carrier", $"We don't ship by {request.Carrier}."),
        _ => [new OrderShipped(order.Id, new(request.Carrier, request.TrackingCode.Trim()), now)],
    };

    public static IReadOnlyList<object> Cancel(this Order order, CancelOrder request, DateTimeOffset now)
    {
        var cancelled = new OrderCancelled(order.Id, request.Reason, request.Note, now);
        return order.Status switch
        {
            OrderStatus.None => throw RuleViolationException.NoSuchOrder(),
            OrderStatus.Shipped => throw RuleViolationException.Conflict("already-shipped", "The parcel is on its way; it is too late to cancel."),
            OrderStatus.Cancelled => throw RuleViolationException.Conflict("already-cancelled", "This order was cancelled already."),
            _ when !Enum.IsDefined(request.Reason) => throw RuleViolationException.Invalid("no-such-reason", $"We know no reason {request.Reason}."),
            OrderStatus.Paid => [cancelled, new OrderRefunded(order.Id, order.Paid, now)],
            _ => [cancelled],
        };
    }

    private static OrderLine[] LinesOf(IReadOnlyList<RequestedLine>? lines)
    {
        if (lines is null or [])
            throw RuleViolationException.Invalid("empty-order", "There is nothing in this order.");
        if (lines.DistinctBy(line => line?.Sku).Count() < lines.Count)
            throw RuleViolationException.Invalid("product-twice", "A product is listed twice; ask for more of it in one line.");

        return [.. lines.Select(LineOf)];
    }

    private static OrderLine LineOf(RequestedLine? line)
    {
        if (line is null || ShopRange.Find(line.Sku) is not { } product)
            throw RuleViolationException.Invalid("no-such-product", $"We don't sell '{line?.Sku}'.");
        if (line.Quantity is < 1 or > ShopRange.MostOfOneProduct)
            throw RuleViolationException.Invalid("wrong-quantity", $"{line.Quantity} × {product.Title}? We sell 1 to {ShopRange.MostOfOneProduct} of each.");

        return new(product.Sku, product.Title, line.Quantity, product.Price);
    }

    private static bool IsEmail(string? text)
        => text is { Length: <= 254 } && text.IndexOf('@', StringComparison.Ordinal) is > 0 and var at && at < text.Length - 1
            && !text.Any(character => char.IsWhiteSpace(character) || char.IsControl(character));

    private static string Money(decimal amount) => amount.ToString("0.00", CultureInfo.InvariantCulture);
}
