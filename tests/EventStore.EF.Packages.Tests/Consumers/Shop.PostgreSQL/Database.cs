using EventStore.EF;
using Microsoft.Extensions.DependencyInjection;

namespace Shop;

internal static class Database
{
    public static EventStoreBuilder UseShopDatabase(this EventStoreBuilder store)
        => store.UsePostgreSql(Environment.GetEnvironmentVariable("SHOP_DATABASE")!);
}
