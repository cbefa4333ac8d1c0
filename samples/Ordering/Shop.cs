using EventStore.EF;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace Ordering;

public static class Shop
{
    public static void AddShop(this IServiceCollection services, string? postgres, string? sqliteFile)
    {
        var sqlite = new SqliteConnectionStringBuilder { DataSource = Path.GetFullPath(sqliteFile ?? "shop.db") }.ToString();
        services.AddSingleton<Mailbox>().AddHostedService<ShopTables>();
        if (postgres is null)
        {
            services.AddDbContextPool<ShopDbContext>(context => context.UseSqlite(sqlite));
            services.AddEventStore(store => store.UseSqlite(sqlite).AddShop());
        }
        else
        {
            services.AddDbContextPool<ShopDbContext>(context => context.UseNpgsql(postgres));
            services.AddEventStore(store => store.UsePostgreSql(postgres).AddShop());
        }
    }

    private static void AddShop(this EventStoreBuilder store) => store
        .MigrateOnStart()
        .AddProjection<OrderList, ShopDbContext>("order-list")
        .AddSubscriber<OrderEmails>("order-emails")
        .Configure(options => options.LeaseDuration = TimeSpan.FromSeconds(5)); // how soon another process takes over after a crash
}

/// <summary>Creates the shop's own table. An application that lives longer than a sample would use migrations.</summary>
internal sealed class ShopTables(IServiceScopeFactory scopes) : IHostedService
{
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var database = scope.ServiceProvider.GetRequiredService<ShopDbContext>().Database;

        // EnsureCreated would do nothing, because the database already contains the store's tables.
        var script = database.GenerateCreateScript().Replace("CREATE TABLE", "CREATE TABLE IF NOT EXISTS", StringComparison.Ordinal);
        await database.ExecuteSqlRawAsync(script, cancellationToken);
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
