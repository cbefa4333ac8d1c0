using EventStore.EF.TestDatabases;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace EventStore.EF.SubscriptionWorker;

/// <summary>Hosts with a store in them, as an application has it.</summary>
internal static class Stores
{
    private static readonly bool IsPooled = Environment.GetEnvironmentVariable(PostgreSqlServer.PoolVariable) == "transaction";

    public static IHost Host(string connection, TimeSpan? lease = null, Action<EventStoreBuilder>? configure = null)
    {
        var builder = Microsoft.Extensions.Hosting.Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddEventStore(store =>
        {
            if (connection.StartsWith("Data Source=", StringComparison.Ordinal))
                store.UseSqlite(connection);
            else
                store.UsePostgreSql(connection, options => options.Notifications = options.PreparedStatements = !IsPooled);

            store.Configure(options =>
            {
                options.LeaseDuration = lease ?? options.LeaseDuration;
                options.RetryDelay = TimeSpan.FromMilliseconds(20);
            });
            configure?.Invoke(store);
        });
        return builder.Build();
    }
}
