using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace EventStore.EF.Specification;

/// <summary>A store as an application has it: a host that called <c>AddEventStore</c>. It is not started unless a test does so.</summary>
public sealed class TestStore : IAsyncDisposable
{
    /// <summary>A host that calls <c>AddEventStore</c> with <paramref name="configure"/>.</summary>
    public TestStore(Action<EventStoreBuilder> configure)
        : this(services => services.AddEventStore(configure), new())
    {
    }

    private TestStore(Action<IServiceCollection> register, TestLog log)
    {
        Log = log;
        var builder = Microsoft.Extensions.Hosting.Host.CreateEmptyApplicationBuilder(null);
        builder.Logging.AddProvider(Log);
        register(builder.Services);
        Host = builder.Build();
    }

    /// <summary>The application.</summary>
    public IHost Host { get; }

    /// <summary>What the application has logged.</summary>
    public TestLog Log { get; }

    /// <summary>The store.</summary>
    public IEventStore Events => Host.Services.GetRequiredService<IEventStore>();

    /// <summary>A context of the store.</summary>
    public Task<EventStoreDbContext> CreateContextAsync()
        => Host.Services.GetRequiredService<IDbContextFactory<EventStoreDbContext>>().CreateDbContextAsync();

    /// <summary>A host whose services are registered as <paramref name="register"/> does it.</summary>
    public static TestStore Registered(Action<IServiceCollection> register) => new(register, new());

    /// <summary>Brings the schema up to date, or to one migration.</summary>
    public async Task MigrateAsync(string? migration = null)
    {
        await using var context = await CreateContextAsync().ConfigureAwait(false);
        await context.Database.MigrateAsync(migration).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Host.StopAsync().ConfigureAwait(false);
        if (Host is IAsyncDisposable disposable)
            await disposable.DisposeAsync().ConfigureAwait(false);
    }
}
