using EventStore.EF;
using Microsoft.Extensions.DependencyInjection;

namespace Shop;

internal static class Database
{
    public static EventStoreBuilder UseShopDatabase(this EventStoreBuilder store)
        => store.UseSqlite(Environment.GetEnvironmentVariable("SHOP_DATABASE")!);
}
