using Microsoft.EntityFrameworkCore;

namespace Ordering.Projection;

/// <summary>What the shop shows. All of it can be made again from the events.</summary>
internal sealed class ShopDbContext(DbContextOptions<ShopDbContext> options) : DbContext(options)
{
    public DbSet<OrderRow> Orders => Set<OrderRow>();

    public DbSet<RevenueRow> Revenue => Set<RevenueRow>();

    public DbSet<ShopRow> Shop => Set<ShopRow>();

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<OrderRow>(order =>
        {
            order.ToTable("shop_orders");
            order.HasIndex(row => row.FirstPosition);
            order.Property(row => row.Status).HasConversion<string>();
        });
        modelBuilder.Entity<RevenueRow>(revenue => revenue.ToTable("shop_revenue").HasKey(row => row.Day));
        modelBuilder.Entity<ShopRow>(shop =>
        {
            shop.ToTable("shop");
            shop.Property(row => row.Id).ValueGeneratedNever();
        });
    }
}
