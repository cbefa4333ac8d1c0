using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace EventStore.EF.Benchmarks;

/// <summary>A store as an application has it, with its host running: its subscribers and projections work.</summary>
internal sealed class SubscribedHost : IAsyncDisposable
{
    private readonly IHost _host;

    private SubscribedHost(IHost host)
    {
        _host = host;
        Store = host.Services.GetRequiredService<IEventStore>();
    }

    public IEventStore Store { get; }

    public static async Task<SubscribedHost> StartAsync(Action<EventStoreBuilder> configure, Action<IServiceCollection>? services = null)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        services?.Invoke(builder.Services);
        builder.Services.AddEventStore(configure);
        var host = builder.Build();
        await host.StartAsync();
        return new(host);
    }

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        if (_host is IAsyncDisposable disposable)
            await disposable.DisposeAsync();
    }
}
