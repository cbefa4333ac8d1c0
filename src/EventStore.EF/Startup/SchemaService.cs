using Microsoft.Extensions.Hosting;

namespace EventStore.EF.Startup;

/// <summary>Runs the <see cref="SchemaGuard"/> before any hosted service starts.</summary>
internal sealed class SchemaService(SchemaGuard guard) : IHostedLifecycleService
{
    public Task StartingAsync(CancellationToken cancellationToken) => guard.EnsureAsync(cancellationToken);

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
