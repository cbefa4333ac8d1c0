using Microsoft.EntityFrameworkCore;

namespace EventStore.EF.Specification;

/// <summary>An application's own context, in the database of the store.</summary>
public sealed class ShopContext(DbContextOptions<ShopContext> options) : DbContext(options)
{
    /// <summary>The SQL that makes the table, once.</summary>
    public const string Table = "CREATE TABLE IF NOT EXISTS shop_orders (stream varchar(255) NOT NULL PRIMARY KEY, items int NOT NULL)";

    /// <summary>The orders.</summary>
    public DbSet<ShopOrder> Orders => Set<ShopOrder>();

    /// <inheritdoc/>
    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        ArgumentNullException.ThrowIfNull(modelBuilder);
        modelBuilder.Entity<ShopOrder>(order =>
        {
            order.ToTable("shop_orders");
            order.HasKey(row => row.Stream);
            order.Property(row => row.Stream).HasColumnName("stream");
            order.Property(row => row.Items).HasColumnName("items");
        });
    }
}

/// <summary>An entity of the application's.</summary>
public sealed class ShopOrder
{
    /// <summary>The order's stream.</summary>
    public required string Stream { get; init; }

    /// <summary>How many things were ordered.</summary>
    public int Items { get; set; }
}
