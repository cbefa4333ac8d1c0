using EventStore.EF;
using Microsoft.Extensions.DependencyInjection;

namespace Shop;

public static class ShopRegistration
{
    public static IServiceCollection AddShop(this IServiceCollection services, string connectionString)
    {
        services.AddSingleton<Letters>();
        services.AddEventStore(store => store.UseSqlite(connectionString).MigrateOnStart().AddSubscriber<OrderLetters>("order-letters"));
        return services;
    }
}
