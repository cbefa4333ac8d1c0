using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Ordering.Mail;
using Ordering.Orders;
using Ordering.Projection;

namespace Ordering;

/// <summary>All that the shop is made of, the same for the web application and the demo.</summary>
internal static class ShopServices
{
    public static IServiceCollection AddShop(this IServiceCollection services, Settings settings)
    {
        var sqlite = new SqliteConnectionStringBuilder { DataSource = settings.SqliteFile }.ToString();
        services.AddEventStore(store =>
        {
            _ = settings.PostgreSql is { } postgres ? store.UsePostgreSql(postgres) : store.UseSqlite(sqlite);
            store.MigrateOnStart()

                // After a crash, not after a clean stop, the next process waits so long for its turn: short, for those who kill it to see.
                .Configure(options => options.LeaseDuration = TimeSpan.FromSeconds(5))
                .AddProjection<OrderList, ShopDbContext>("order-list")
                .AddSubscriber<OrderEmails>("order-emails");
        });

        services.AddDbContextPool<ShopDbContext>(context
            => _ = settings.PostgreSql is { } postgres ? context.UseNpgsql(postgres) : context.UseSqlite(sqlite));
        services.AddHostedService<ShopTables>();

        // What keeps the host from starting is told by Program in one sentence, without the host's forty lines of stack before it.
        services.AddLogging(logging => logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.None));
        return services
            .AddSingleton(settings)
            .AddSingleton<ShopMetrics>()
            .AddSingleton<Mailbox>()
            .AddSingleton<OrderDesk>();
    }
}
