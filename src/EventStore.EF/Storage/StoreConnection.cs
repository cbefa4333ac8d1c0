using System.Data.Common;
using Microsoft.EntityFrameworkCore;

namespace EventStore.EF;

/// <summary>
/// An open connection of a pooled <see cref="EventStoreDbContext"/>, for SQL that must not pass through LINQ: on the hot paths
/// SaveChanges was 2 to 9 times slower, and LINQ doesn't work under Native AOT.
/// </summary>
internal readonly struct StoreConnection : IAsyncDisposable
{
    private readonly EventStoreDbContext _context;

    private StoreConnection(EventStoreDbContext context) => _context = context;

    public DbConnection Connection => _context.Database.GetDbConnection();

    public static async ValueTask<StoreConnection> OpenAsync(IDbContextFactory<EventStoreDbContext> contexts, CancellationToken ct)
    {
        var context = await contexts.CreateDbContextAsync(ct).ConfigureAwait(false);
        try
        {
            await context.Database.OpenConnectionAsync(ct).ConfigureAwait(false);
            return new(context);
        }
        catch
        {
            await context.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    public ValueTask DisposeAsync() => _context.DisposeAsync();
}
