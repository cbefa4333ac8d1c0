using System.Diagnostics;
using EventStore.EF.Append;
using EventStore.EF.Storage;
using EventStore.EF.Telemetry;
using Microsoft.Extensions.DependencyInjection;

namespace EventStore.EF.Tests.Telemetry;

/// <summary>A store on a <see cref="FakeStorage"/>.</summary>
internal sealed class FakeStore : IAsyncDisposable
{
    private static readonly AppendPlan[] Plans =
    [
        new("order-1", ExpectedVersion.Any, [new(Guid.CreateVersion7(), "order-placed", 1, [1, 2], null, true, null, null, null)]),
    ];

    private readonly ServiceProvider _services;

    public FakeStore(Func<Task<AppendResult[]?>> write)
    {
        _services = new ServiceCollection()
            .AddEventStore(store => store.UseSqlite("Data Source=no-such-folder/telemetry.db").Configure(options =>
                (options.MaxRetryAttempts, options.RetryDelay) = (2, TimeSpan.FromMilliseconds(1))))
            .AddSingleton<IStorage>(new FakeStorage(write))
            .BuildServiceProvider();
        Meter = _services.GetRequiredService<StoreMeter>();
        Operations = _services.GetRequiredService<OperationMeter>();
        Appender = _services.GetRequiredService<Appender>();
    }

    public StoreMeter Meter { get; }

    public OperationMeter Operations { get; }

    public Appender Appender { get; }

    /// <summary>Appends an event, in a span if anyone listens.</summary>
    public Task<AppendResult[]> AppendAsync()
    {
        if (!Tracing.IsListenedTo)
            return Appender.WriteAsync(Plans, null, null, CancellationToken.None);

        var outer = Activity.Current;
        try
        {
            return Appender.WriteAsync(Plans, null, Appender.Start(["order-1"], 1), CancellationToken.None);
        }
        finally
        {
            Activity.Current = outer;
        }
    }

    public ValueTask DisposeAsync() => _services.DisposeAsync();
}
