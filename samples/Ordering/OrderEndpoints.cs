using System.Text.Json;
using EventStore.EF;
using Microsoft.EntityFrameworkCore;
using Ordering.Domain;

namespace Ordering;

internal static class OrderEndpoints
{
    public static void MapOrders(this IEndpointRouteBuilder routes)
    {
        var api = routes.MapGroup("/api").AddEndpointFilter(async (context, next) =>
        {
            try { return await next(context); }
            catch (Exception exception) when (ProblemOf(exception) is { } problem) { return problem; }
        });
        api.MapPost("orders", async (PlaceOrder request, IEventStore store, TimeProvider clock, CancellationToken ct) =>
        {
            var placed = Order.Place(Guid.CreateVersion7(), request, clock.GetUtcNow());
            await store.AppendAsync<OrderPlaced>(Order.StreamOf(placed.OrderId), ExpectedVersion.NoStream, placed, cancellationToken: ct);
            return Results.Created($"/api/orders/{placed.OrderId}", placed);
        });
        api.MapPost("orders/{id:guid}/pay", (Guid id, PayOrder request, IEventStore store, TimeProvider clock, CancellationToken ct)
            => store.UpdateAsync<Order>(Order.StreamOf(id), order => order.Pay(request, clock.GetUtcNow()), ct));
        api.MapPost("orders/{id:guid}/ship", (Guid id, ShipOrder request, IEventStore store, TimeProvider clock, CancellationToken ct)
            => store.UpdateAsync<Order>(Order.StreamOf(id), order => order.Ship(request, clock.GetUtcNow()), ct));
        api.MapPost("orders/{id:guid}/cancel", (Guid id, CancelOrder request, IEventStore store, TimeProvider clock, CancellationToken ct)
            => store.UpdateAsync<Order>(Order.StreamOf(id), order => order.Cancel(request, clock.GetUtcNow()), ct));

        api.MapGet("products", () => Product.All);
        api.MapGet("shop", async (IEventStore store, ShopDbContext shop, CancellationToken ct) => new
        {
            Subscriptions = await store.Subscriptions.ListAsync(ct).Select(it => new { Name = $"{it.Name}", it.LagEvents }).ToListAsync(ct),
            Orders = await shop.Orders.OrderByDescending(order => order.Id).Take(50).ToListAsync(ct), // the ids sort by time
            Takings = await shop.Takings.Take(7).ToListAsync(ct),
        });
        api.MapGet("orders/{id:guid}", async (Guid id, IEventStore store, Mailbox mailbox, CancellationToken ct) => new
        {
            Events = await store.ReadStreamAsync(Order.StreamOf(id), cancellationToken: ct)
                .Select(it => new { it.EventType, it.Position, it.CreatedAt, Data = JsonElement.Parse(it.Payload.Span) }).ToListAsync(ct),
            Emails = mailbox.Read(id),
        });
    }

    private static IResult? ProblemOf(Exception exception) => exception switch
    {
        RuleViolationException violation => Results.Problem(violation.Message, statusCode: violation.IsConflict ? 409 : 400),
        StreamNotFoundException => Results.Problem("There is no such order.", statusCode: 404),
        EventStoreUnavailableException or LockTimeoutException
            => Results.Problem("The database doesn't answer. Look at the order before you try again.", statusCode: 503),
        _ => null,
    };
}
