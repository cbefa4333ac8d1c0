using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace EventStore.EF.Benchmarks;

/// <summary>A store as an application has it, without the host: nobody subscribes.</summary>
internal sealed class StoreHost : IAsyncDisposable
{
    private readonly ServiceProvider _services;

    public StoreHost(Action<EventStoreBuilder> configure)
    {
        _services = new ServiceCollection().AddEventStore(configure).BuildServiceProvider();
        Store = _services.GetRequiredService<IEventStore>();
    }

    public IEventStore Store { get; }

    public static async Task MigrateAsync(Action<EventStoreBuilder> configure)
    {
        await using var host = new StoreHost(configure);
        await using var context = await host._services.GetRequiredService<IDbContextFactory<EventStoreDbContext>>().CreateDbContextAsync();
        await context.Database.MigrateAsync();
    }

    public ValueTask DisposeAsync() => _services.DisposeAsync();
}
