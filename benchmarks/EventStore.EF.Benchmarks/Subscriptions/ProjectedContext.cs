using Microsoft.EntityFrameworkCore;

namespace EventStore.EF.Benchmarks;

/// <summary>The application's own context, in the store's database.</summary>
public sealed class ProjectedContext(DbContextOptions<ProjectedContext> options) : DbContext(options)
{
    /// <summary>The rows.</summary>
    public DbSet<ProjectedOrder> Orders => Set<ProjectedOrder>();

    /// <inheritdoc/>
    protected override void OnModelCreating(ModelBuilder modelBuilder)
        => modelBuilder.Entity<ProjectedOrder>(order =>
        {
            order.ToTable("projected_orders");
            order.Property(row => row.Id).ValueGeneratedNever();
        });
}
