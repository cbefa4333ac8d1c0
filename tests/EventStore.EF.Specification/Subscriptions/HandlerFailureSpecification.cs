using System.Collections.Concurrent;
using EventStore.EF.Schema;
using EventStore.EF.Subscriptions.Definitions;
using EventStore.EF.Subscriptions.Delivery;
using EventStore.EF.Subscriptions.Hosting;
using EventStore.EF.Subscriptions.Processing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace EventStore.EF.Specification;

/// <summary>Failures around handlers that nobody expected: nothing is acknowledged that was not handled.</summary>
public abstract class HandlerFailureSpecification(StoreFixture fixture) : RunningSuite(fixture)
{
    [Fact]
    public async Task After_an_unexpected_exception_nothing_is_acknowledged_until_the_partition_has_begun_again_at_its_checkpoint()
    {
        var worker = new FaultyWorker();
        var process = Process();
        var appended = await AppendAsync("order-1", 300);
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        var coverage = new HandlerCoverage(process.Host.Services.GetRequiredService<EventCatalog>(), ["specification-numbered"]);
        var options = new SubscriberOptions { BatchSize = 10, CheckpointAfter = TimeSpan.FromMilliseconds(10) };
        var subscription = new SubscriptionDefinition(
            new(Name, EventStoreModel.All, 0), options,
            EventFilter.Types("specification-numbered"), coverage);

        // As the host does at its start.
        var engine = process.Host.Services.GetRequiredService<SubscriptionEngine>();
        await engine.DeclareAsync(subscription.Key, options, nameof(FaultyWorker), coverage.Types, Ct);
        var running = engine.RunAsync(subscription, _ => worker, stopping.Token);
        await CheckpointReachesAsync(appended.LastPosition);
        await stopping.CancelAsync();
        await running;

        Assert.Equal(0, worker.FinishedAfterFailure);
        Assert.Equal(300, worker.Handled.Distinct().Count());
    }

    [Theory]
    [InlineData(SubscriptionErrorPolicy.Park, 1)]
    [InlineData(SubscriptionErrorPolicy.Park, 4)]
    [InlineData(SubscriptionErrorPolicy.Skip, 1)]
    public async Task What_a_logger_throws_in_the_middle_of_a_failure_loses_no_event(SubscriptionErrorPolicy policy, int consumers)
    {
        var (recorder, logger) = (new Recorder(), new ThrowingLogger(times: 3));
        recorder.OnHandling = (context, _) => context.Event.As<Numbered>().Number % 50 == 0 ? throw new InvalidOperationException("always") : Task.CompletedTask;
        var last = 0L;
        for (var stream = 1; stream <= 10; stream++)
            last = (await AppendAsync($"order-{stream}", 100)).LastPosition;

        await HostAsync(
            recorder,
            options => (options.MaxAttempts, options.OnError, options.MaxConsumers, options.BatchSize, options.CheckpointEvery) = (1, policy, consumers, 10, 1),
            builder => builder.Services.AddSingleton<ILoggerProvider>(logger));
        await CheckpointReachesAsync(last);

        var parked = (await Events.Subscriptions.ListParkedAsync(Name, cancellationToken: Ct).ToListAsync(Ct)).Select(row => row.Position);
        var seen = recorder.Positions.Concat(parked).ToHashSet();
        var missing = (await ReadAllAsync()).Where(@event => !seen.Contains(@event.Position) && @event.As<Numbered>().Number % 50 != 0).ToArray();
        Assert.Empty(missing);
        Assert.Equal(0, logger.Left);
    }

    [Fact]
    public async Task A_batch_whose_reading_is_cancelled_while_the_lease_is_in_doubt_is_read_next()
    {
        await AppendAsync("order-1", 1);
        await AppendAsync("order-2", 1);
        var time = new FakeTimeProvider();
        var process = Process(builder => builder.Services.AddSingleton<TimeProvider>(time));
        await using var subscription = await process.Events.SubscribeAsync(Name, cancellationToken: Ct);
        await UntilAsync(() => subscription.Status is EventSubscriptionStatus.Live);
        await using (var other = await Database.OpenAsync())
        {
            // The heartbeat can't renew the lease while its row is locked; then this process stands still for longer than the lease.
            await using var transaction = await other.BeginTransactionAsync(Ct);
            await using (var command = Database.Command(other, "UPDATE {subscriptions} SET name = name"))
            {
                command.Transaction = transaction;
                await command.ExecuteNonQueryAsync(Ct);
            }

            time.Advance(TimeSpan.FromMinutes(1));
            using var impatient = CancellationTokenSource.CreateLinkedTokenSource(Ct);
            await using var reading = subscription.ReadBatchesAsync(impatient.Token).GetAsyncEnumerator(impatient.Token);
            var next = reading.MoveNextAsync();
            await impatient.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await next);
            await transaction.RollbackAsync(Ct);
        }

        var batch = subscription.ReadBatchesAsync(Ct).FirstAsync(Ct).AsTask();
        await UntilAsync(() =>
        {
            time.Advance(TimeSpan.FromMilliseconds(100));
            return batch.IsCompleted;
        });
        Assert.Equal("order-1", (await batch).Events[0].StreamName.Value);
    }

    /// <summary>Fails on its first delivery, and acknowledges at once, as the delivery behind it would.</summary>
    private sealed class FaultyWorker : IWorker
    {
        private bool _hasFailed;

        public long FinishedAfterFailure { get; private set; } = -1;

        public ConcurrentBag<long> Handled { get; } = [];

        public Task WorkAsync(ConsumerDelivery delivery, CancellationToken ct)
        {
            if (!_hasFailed)
            {
                _hasFailed = true;
                delivery.Processor.Abort(new InvalidOperationException("nobody expected it"));
                try
                {
                    delivery.Processor.Dispatcher.Acknowledge(delivery.Consumer, delivery.Items[^1].Place);
                }
                catch (ProcessingAbortedException)
                {
                    // It says why.
                }

                FinishedAfterFailure = delivery.Processor.Dispatcher.Finished;
                return Task.CompletedTask;
            }

            foreach (var item in delivery.Items)
                Handled.Add(item.Place);

            delivery.Processor.Dispatcher.Acknowledge(delivery.Consumer, delivery.Items[^1].Place);
            return Task.CompletedTask;
        }
    }

    /// <summary>Throws at the first errors that it is to log.</summary>
    private sealed class ThrowingLogger(int times) : ILoggerProvider, ILogger
    {
        private int _left = times;

        public int Left => Math.Max(0, Volatile.Read(ref _left));

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull
            => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel is LogLevel.Error;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            var line = formatter(state, exception);
            var isWanted = line.Contains("parks event", StringComparison.Ordinal) || line.Contains("SKIPPED", StringComparison.Ordinal);
            if (isWanted && Interlocked.Decrement(ref _left) >= 0)
                throw new InvalidOperationException("the log is full");
        }

        public void Dispose()
        {
        }
    }
}
