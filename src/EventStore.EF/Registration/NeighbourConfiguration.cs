using EventStore.EF.Schema;
using EventStore.EF.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.Extensions.DependencyInjection;

namespace EventStore.EF.Registration;

/// <summary>Lets the store's database configure every context that the application registers beside the store.</summary>
internal sealed class NeighbourConfiguration<TContext> : IDbContextOptionsConfiguration<TContext>
    where TContext : DbContext
{
    public void Configure(IServiceProvider serviceProvider, DbContextOptionsBuilder optionsBuilder)
    {
        // EF Core's tools run without the store, whose configuration may need secrets that only a deployment has.
        if (typeof(TContext) != typeof(EventStoreDbContext) && !DesignTime.IsRunning)
            serviceProvider.GetRequiredService<StoreDatabase>().Provider.ConfigureNeighbour(optionsBuilder);
    }
}
