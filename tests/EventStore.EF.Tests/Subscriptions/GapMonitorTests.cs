using System.Data.Common;
using System.Diagnostics.Metrics;
using EventStore.EF.Storage;
using EventStore.EF.Storage.Sql;
using EventStore.EF.Subscriptions.Sources;
using EventStore.EF.Telemetry;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace EventStore.EF.Tests.Subscriptions;

/// <summary>When the watch looks for who holds events back, and whom it names.</summary>
public sealed class GapMonitorTests : IDisposable
{
    private static readonly AllPage HeldBack = new([], 6, IsEnd: true, HeldBackUpTo: 9);
    private static readonly AllPage Read = new([], 9, IsEnd: true);

    private readonly FakeTimeProvider _time = new();
    private readonly Holders _holders = new();
    private readonly Log _log = new();
    private readonly StoreMeter _meter = new(new NoServices());
    private readonly GapMonitor _watch;

    public GapMonitorTests() => _watch = new(_holders, _meter, _time, _log);

    [Fact]
    public async Task Nobody_is_asked_for_before_a_second_is_over()
    {
        await ObserveAsync(HeldBack, 0.999);

        Assert.Equal(0, _holders.Asked);
        Assert.Empty(_log.Lines);
        Assert.Equal(TimeSpan.FromSeconds(0.999), _watch.Age);
    }

    [Fact]
    public async Task After_a_second_the_holder_is_named_with_all_that_is_known()
    {
        _holders.Are(new BlockingTransaction(4711, "shop", TimeSpan.FromSeconds(90), null) { Role = "ada" });
        await ObserveAsync(HeldBack, 1);

        var line = Assert.Single(_log.Lines);
        Assert.Contains("after position 6, up to 9, ", line, StringComparison.Ordinal);
        Assert.Contains("server process 4711 of role 'ada', application 'shop', open for 00:01:30", line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_session_that_holds_the_lock_and_has_not_appended_is_named_as_such()
    {
        _holders.Are(new BlockingTransaction(4711, "shop", null, null) { Role = "ada", IsAppender = false });
        await ObserveAsync(HeldBack, 1);

        var line = Assert.Single(_log.Lines);
        Assert.Contains("no appender: server process 4711 of role 'ada', application 'shop'", line, StringComparison.Ordinal);
        Assert.Contains("REVOKE CONNECT", line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_prepared_transaction_is_named_by_its_name()
    {
        _holders.Are(new BlockingTransaction(null, null, TimeSpan.FromSeconds(90), "undecided"));
        await ObserveAsync(HeldBack, 1);

        Assert.Contains("'undecided', for 00:01:30", Assert.Single(_log.Lines), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_holder_is_named_once()
    {
        for (var second = 0; second < 5; second++)
        {
            _holders.Are(new BlockingTransaction(4711, "shop", TimeSpan.FromSeconds(2 + second), null));
            await ObserveAsync(HeldBack, 1);
        }

        Assert.Single(_log.Lines);
    }

    [Fact]
    public async Task The_next_transaction_of_the_same_process_is_named_again()
    {
        _holders.Are(new BlockingTransaction(4711, "shop", TimeSpan.FromSeconds(10), null));
        await ObserveAsync(HeldBack, 1);
        _time.Advance(TimeSpan.FromSeconds(1.5));
        _holders.Are(new BlockingTransaction(4711, "shop", TimeSpan.FromSeconds(1.2), null));
        await ObserveAsync(HeldBack with { Through = 8 }, 1);

        Assert.Equal(2, _log.Lines.Count);
    }

    [Fact]
    public async Task Whoever_began_after_the_events_were_held_back_is_not_named()
    {
        _holders.Are(new BlockingTransaction(1, "old", TimeSpan.FromSeconds(3), null), new BlockingTransaction(2, "young", TimeSpan.FromSeconds(0.5), null));
        await ObserveAsync(HeldBack, 1);

        Assert.Contains("'old'", Assert.Single(_log.Lines), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Whoever_s_age_may_not_be_seen_is_named()
    {
        _holders.Are(new BlockingTransaction(4711, "shop", null, null));
        await ObserveAsync(HeldBack, 1);
        await ObserveAsync(HeldBack, 1);

        Assert.Single(_log.Lines);
    }

    [Fact]
    public async Task The_database_is_asked_once_a_second_however_often_the_reader_looks()
    {
        for (var look = 0; look < 31; look++)
            await ObserveAsync(HeldBack, 0.1);

        Assert.Equal(3, _holders.Asked);
    }

    [Fact]
    public async Task A_reader_that_comes_forward_begins_to_wait_anew()
    {
        await ObserveAsync(HeldBack, 0.9);
        await ObserveAsync(HeldBack with { Through = 7 }, 0.9);

        Assert.Equal(0, _holders.Asked);
        Assert.Equal(TimeSpan.FromSeconds(0.9), _watch.Age);
    }

    [Fact]
    public async Task The_gauge_tells_for_how_long_events_are_held_back_and_zero_when_none_are()
    {
        Assert.Equal(0, Gauge());
        await ObserveAsync(HeldBack, 2.5);
        Assert.Equal(2.5, Gauge());
        await ObserveAsync(Read, 1);
        Assert.Equal(0, Gauge());
    }

    public void Dispose() => _meter.Dispose();

    /// <summary>The reader sees a page, the time goes on, and it sees the same again.</summary>
    private async Task ObserveAsync(AllPage page, double seconds)
    {
        await _watch.ObserveAsync(page, TestContext.Current.CancellationToken);
        _time.Advance(TimeSpan.FromSeconds(seconds));
        await _watch.ObserveAsync(page, TestContext.Current.CancellationToken);
    }

    private double Gauge()
    {
        double? age = null;
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, self) =>
            {
                if (instrument.Name == "eventstore.gap.age" && _meter.Owns(instrument))
                    self.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<double>((_, value, _, _) => age = value);
        listener.Start();
        listener.RecordObservableInstruments();
        return age!.Value;
    }

    private sealed class NoServices : IServiceProvider
    {
        public object? GetService(Type serviceType) => null;
    }

    private sealed class Log : ILogger
    {
        public List<string> Lines { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull
            => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        void ILogger.Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            Assert.Equal(LogLevel.Warning, logLevel);
            Lines.Add(formatter(state, exception));
        }
    }

    /// <summary>A storage that knows nothing but who holds.</summary>
    private sealed class Holders : IStorage
    {
        private IReadOnlyList<BlockingTransaction> _holders = [];

        public int Asked { get; private set; }

        public StoreStatements Statements => throw new NotSupportedException();

        public bool PreparesStatements => false;

        public void Are(params BlockingTransaction[] holders) => _holders = holders;

        public Task<IReadOnlyList<BlockingTransaction>> GetBlockingTransactionsAsync(CancellationToken ct)
        {
            Asked++;
            return Task.FromResult(_holders);
        }

        public bool Accepts(DbTransaction transaction) => throw new NotSupportedException();

        public Task<AppendResult[]?> WriteAsync(IReadOnlyList<StreamPlan> plans, DbTransaction? transaction, CancellationToken ct) => throw new NotSupportedException();

        public Task<WriteInspection> InspectAsync(IReadOnlyList<StreamPlan> plans, DbTransaction? transaction, CancellationToken ct) => throw new NotSupportedException();

        public Task<StreamPage> ReadStreamAsync(StreamPageQuery query, DbTransaction? transaction, CancellationToken ct) => throw new NotSupportedException();

        public Task<AllPage> ReadAllAsync(AllPageQuery query, CancellationToken ct) => throw new NotSupportedException();

        public Task<long> ReadSettledAsync(CancellationToken ct) => throw new NotSupportedException();

        public Task<bool> RemoveAsync(RemovalPlan plan, DbTransaction? transaction, CancellationToken ct) => throw new NotSupportedException();

        public Task WatchAsync(Action<StoreChange> changed, CancellationToken ct) => throw new NotSupportedException();

        public Task AnnounceAsync(StoreChange change, CancellationToken ct) => throw new NotSupportedException();

        public StorageFailure Classify(Exception exception) => throw new NotSupportedException();
    }
}
