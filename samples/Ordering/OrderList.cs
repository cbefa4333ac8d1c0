using EventStore.EF;
using Microsoft.EntityFrameworkCore;
using Ordering.Domain;

namespace Ordering;

/// <summary>A projection. The store commits its rows together with its checkpoint, so each event takes effect exactly once.</summary>
public sealed class OrderList(ShopDbContext shop)
    : ISubscriber<OrderPlaced>, ISubscriber<OrderPaid>, ISubscriber<OrderShipped>, ISubscriber<OrderCancelled>
{
    public ValueTask HandleAsync(OrderPlaced @event, EventContext context, CancellationToken cancellationToken)
    {
        var items = string.Join("; ", @event.Lines.Select(line => $"{line.Quantity} × {line.Title}"));
        shop.Add(new OrderRow { Id = @event.OrderId, Customer = @event.Customer.Name, Items = items, Total = @event.Total });
        return ValueTask.CompletedTask;
    }

    public async ValueTask HandleAsync(OrderPaid @event, EventContext context, CancellationToken cancellationToken)
    {
        var order = await FindAsync(@event.OrderId, cancellationToken);
        order.Status = OrderStatus.Paid;
        order.Paid += @event.Amount;
        order.PaidOn = DateOnly.FromDateTime(@event.PaidAt.UtcDateTime);
    }

    public async ValueTask HandleAsync(OrderShipped @event, EventContext context, CancellationToken cancellationToken)
        => (await FindAsync(@event.OrderId, cancellationToken)).Status = OrderStatus.Shipped;

    public async ValueTask HandleAsync(OrderCancelled @event, EventContext context, CancellationToken cancellationToken)
    {
        var order = await FindAsync(@event.OrderId, cancellationToken);
        order.Status = OrderStatus.Cancelled;
        order.Paid -= @event.Refund;
    }

    private async Task<OrderRow> FindAsync(Guid id, CancellationToken ct) => (await shop.Orders.FindAsync([id], ct))!;
}

public sealed class ShopDbContext(DbContextOptions<ShopDbContext> options) : DbContext(options)
{
    public DbSet<OrderRow> Orders => Set<OrderRow>();

    /// <summary>The amount received on each day (UTC), latest first.</summary>
    public IQueryable<Takings> Takings => Orders.Where(order => order.PaidOn != null).GroupBy(order => order.PaidOn!.Value)
        .OrderByDescending(day => day.Key).Select(day => new Takings(day.Key, day.Sum(order => order.Paid)));

    protected override void OnModelCreating(ModelBuilder modelBuilder)
        => modelBuilder.Entity<OrderRow>().ToTable("shop_orders").Property(order => order.Status).HasConversion<string>();
}

public sealed class OrderRow
{
    public Guid Id { get; init; }
    public required string Customer { get; init; }
    public required string Items { get; init; }
    public decimal Total { get; init; }
    public OrderStatus Status { get; set; }
    public decimal Paid { get; set; }
    public DateOnly? PaidOn { get; set; }
}

public sealed record Takings(DateOnly Day, decimal Amount);
