using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace EventStore.EF.Specification;

/// <summary>What stands in events stays out of the log, whatever the level and whatever goes wrong.</summary>
public abstract class LogSpecification(StoreFixture fixture) : OwnDatabaseSpecification(fixture)
{
    private const string Secret = "4929-1234-5678-9012";

    [Fact]
    public async Task Payloads_and_metadata_never_reach_the_log()
    {
        var (log, recorder) = (new EveryLine(), new Recorder());
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Logging.SetMinimumLevel(LogLevel.Trace).AddProvider(log);
        builder.Services.AddSingleton(recorder).AddEventStore(store =>
        {
            Fixture.Use(store, Database.ConnectionString);
            store.AddSubscriber<EveryHandler>("secretive", options => options.RetryDelay = TimeSpan.FromMilliseconds(1));
        });
        recorder.OnHandling = (context, _) => context.Attempt == 1 ? throw new InvalidOperationException("The card was refused.") : Task.CompletedTask;
        using (var host = builder.Build())
        {
            await using var disposing = (IAsyncDisposable)host;
            await host.StartAsync(Ct);
            var store = host.Services.GetRequiredService<IEventStore>();
            var stream = NewStream();
            var @event = new NewEvent(new Noted(Secret)) { Metadata = new() { ["card"] = Secret } };
            await store.AppendManyAsync(stream, ExpectedVersion.NoStream, [@event], Ct);
            await Assert.ThrowsAsync<WrongExpectedVersionException>(() => store.AppendAsync(stream, ExpectedVersion.NoStream, new Noted(Secret), cancellationToken: Ct));
            await Assert.ThrowsAsync<DuplicateEventException>(() => store.AppendManyAsync(NewStream(), ExpectedVersion.Any, [@event], Ct));
            await Assert.ThrowsAsync<EventSerializationException>(() => store.AppendAsync(stream, ExpectedVersion.Any, new Noted(Secret + "\ud83d"), cancellationToken: Ct));
            Assert.Single(await ToListAsync(store.ReadStreamAsync(stream, cancellationToken: Ct)));
            await recorder.WaitForAsync(1, Ct);
            await host.StopAsync(Ct);
        }

        Assert.Contains(log.Lines, line => line.Contains("The card was refused.", StringComparison.Ordinal));
        Assert.DoesNotContain(log.Lines, line => line.Contains(Secret, StringComparison.Ordinal));
    }

    private sealed class EveryLine : ILoggerProvider, ILogger
    {
        public ConcurrentQueue<string> Lines { get; } = [];

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull
            => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
            => Lines.Enqueue($"{formatter(state, exception)} {exception}");

        public void Dispose()
        {
        }
    }
}
