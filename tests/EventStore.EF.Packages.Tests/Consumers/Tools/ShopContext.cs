using Microsoft.EntityFrameworkCore;

namespace Tools;

/// <summary>The application's own context, beside the store's.</summary>
public sealed class ShopContext(DbContextOptions<ShopContext> options) : DbContext(options)
{
    public DbSet<Customer> Customers => Set<Customer>();
}

public sealed class Customer
{
    public int Id { get; set; }

    public string Name { get; set; } = "";
}
