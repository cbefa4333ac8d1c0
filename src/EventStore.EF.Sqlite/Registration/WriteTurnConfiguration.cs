using EventStore.EF.Sqlite.Append;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;

namespace EventStore.EF.Sqlite.Registration;

/// <summary>Adds the interceptor to every context that the application registers beside a store in SQLite.</summary>
internal sealed class WriteTurnConfiguration<TContext> : IDbContextOptionsConfiguration<TContext>
    where TContext : DbContext
{
    public void Configure(IServiceProvider serviceProvider, DbContextOptionsBuilder optionsBuilder)
    {
        if (typeof(TContext) != typeof(EventStoreDbContext))
            optionsBuilder.AddInterceptors(WriteTurnInterceptor.Instance);
    }
}
