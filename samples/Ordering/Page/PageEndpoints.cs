using System.Text.Json;
using EventStore.EF;
using Microsoft.EntityFrameworkCore;
using Ordering.Domain;
using Ordering.Mail;
using Ordering.Orders;
using Ordering.Projection;

namespace Ordering.Page;

/// <summary>What the page asks for, once a second.</summary>
internal static class PageEndpoints
{
    private const int OrdersShown = 60;
    private const int EmailsShown = 30;

    public static void MapPage(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/products", () => ShopRange.Products);
        routes.MapGet("/api/shop", ShopAsync);
        routes.MapGet("/api/orders/{id:guid}/events", EventsAsync);
        routes.MapGet("/api/mailbox/{name}", EmailAsync);
    }

    private static async Task<ShopView> ShopAsync(ShopDbContext shop, EventStoreDbContext store, Mailbox mailbox, Settings settings, CancellationToken ct)
    {
        var names = mailbox.Names();
        var emails = new List<EmailView>();
        foreach (var name in names.Reverse().Take(EmailsShown))
        {
            var email = await mailbox.ReadAsync(name, ct);
            emails.Add(new(name, email.To, email.Subject));
        }

        return new(
            settings.Database,
            await store.Events.MaxAsync(@event => (long?)@event.Position, ct) ?? 0,
            await store.Subscriptions.OrderBy(row => row.Name).Select(row => new SubscriptionView(row.Name, row.Position, row.LastError)).ToListAsync(ct),
            await shop.Orders.CountAsync(ct),
            await shop.Orders.AsNoTracking().OrderByDescending(row => row.FirstPosition).Take(OrdersShown).ToListAsync(ct),
            await shop.Revenue.AsNoTracking().OrderByDescending(row => row.Day).ToListAsync(ct),
            mailbox.Folder, names.Length, emails);
    }

    private static async Task<IResult> EventsAsync(Guid id, IEventStore store, CancellationToken ct)
    {
        try
        {
            return Results.Ok(await store.ReadStreamAsync(OrderDesk.StreamOf(id), ct: ct)
                .Select(@event => new EventView(@event.EventType, @event.StreamVersion, @event.Position, @event.CreatedAt, JsonElement.Parse(@event.Payload.Span)))
                .ToListAsync(ct));
        }
        catch (StreamNotFoundException)
        {
            throw RuleViolationException.NoSuchOrder();
        }
    }

    // Only names that are listed are read: the name comes from outside and must not lead out of the folder.
    private static async Task<IResult> EmailAsync(string name, Mailbox mailbox, CancellationToken ct)
        => mailbox.Names().Contains(name) ? Results.Ok(await mailbox.ReadAsync(name, ct)) : Results.NotFound();
}
