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
        var sqlite = $"Data Source={settings.SqliteFile}";
        services.AddEventStore(store =>
        {
            _ = settings.PostgreSql is { } postgres ? store.UsePostgreSql(postgres) : throw new NotSupportedException();
            store.MigrateOnStart()
                .AddSubscriber<OrderList>("order-list")
                .AddSubscriber<OrderEmails>("order-emails");
        });

        services.AddDbContextPool<ShopDbContext>(context
            => _ = settings.PostgreSql is { } postgres ? context.UseNpgsql(postgres) : throw new NotSupportedException());
        services.AddHostedService<ShopTables>();
        return services
            .AddSingleton(settings)
            .AddSingleton<ShopMetrics>()
            .AddSingleton<Mailbox>()
            .AddSingleton<OrderDesk>();
    }
}
