using System.Threading.Channels;
using EventStore.EF.Sqlite.Connections;
using EventStore.EF.Sqlite.Order;
using EventStore.EF.Sqlite.Storage;
using EventStore.EF.Storage;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace EventStore.EF.Sqlite.Tests.Storage;

/// <summary>How soon commits of other connections are seen, and how often somebody looks for them.</summary>
public sealed class DataVersionPollerTests(SqliteFixture fixture) : OwnDatabaseSpecification(fixture), IClassFixture<SqliteFixture>
{
    private static readonly TimeSpan Busy = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan Active = TimeSpan.FromMilliseconds(40);
    private static readonly TimeSpan Quiet = TimeSpan.FromMilliseconds(250);

    private readonly FakeTimeProvider _time = new();
    private readonly Signals _commits = new();

    [Fact]
    public async Task It_looks_often_while_events_are_appended_and_rarely_when_it_is_quiet()
    {
        using var watch = new Watch(Database.ConnectionString, _time, _commits);
        await watch.SeesAsync();
        Assert.Equal(Busy, watch.Poll());
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(Active, watch.Poll());
        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(Quiet, watch.Poll());

        await Events.AppendManyAsync("order-1", ExpectedVersion.Any, Numbered(1), Ct);
        await watch.SeesAsync();
        Assert.Equal(Busy, watch.Poll());
    }

    [Fact]
    public async Task Commits_that_append_nothing_are_seen_and_leave_it_quiet()
    {
        using var watch = new Watch(Database.ConnectionString, _time, _commits);
        await Database.ExecuteAsync("CREATE TABLE carts (number INTEGER)");
        await watch.SeesAsync();
        _time.Advance(TimeSpan.FromMinutes(2));
        for (var round = 0; round < 3; round++)
        {
            await Database.ExecuteAsync("INSERT INTO carts VALUES (1)");
            await watch.SeesAsync();
            Assert.Equal(Quiet, watch.Poll());
        }
    }

    [Fact]
    public async Task New_links_are_seen_like_events()
    {
        await Events.AppendManyAsync("order-1", ExpectedVersion.Any, Numbered(1), Ct);
        using var watch = new Watch(Database.ConnectionString, _time, _commits);
        await watch.SeesAsync();
        _time.Advance(TimeSpan.FromMinutes(2));
        Assert.Equal(Quiet, watch.Poll());
        var id = (await ReadAllAsync())[0].EventId;
        await Events.LinkAsync("orders", ExpectedVersion.Any, [id], Ct);
        await watch.SeesAsync();
        Assert.Equal(Busy, watch.Poll());
    }

    [Fact]
    public async Task An_append_of_another_process_is_seen_within_half_a_second_after_a_quiet_minute()
    {
        await using var watching = Fixture.CreateStore(Database, builder => builder.Services.AddSingleton<TimeProvider>(_time));
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        var watch = watching.Host.Services.GetRequiredService<IStorage>().WatchAsync(_ => _commits.Set(), ending.Token);
        await _commits.NextAsync();
        var times = new List<TimeSpan>();
        for (var round = 0; round < 5; round++)
        {
            _time.Advance(TimeSpan.FromMinutes(2));
            await Task.Delay(TimeSpan.FromMilliseconds(300 + (50 * round)), TimeProvider.System, Ct);
            _commits.Clear();
            await Events.AppendManyAsync("order-1", ExpectedVersion.Any, Numbered(1), Ct);
            var appended = TimeProvider.System.GetTimestamp();
            await _commits.NextAsync();
            times.Add(TimeProvider.System.GetElapsedTime(appended));
        }

        // The median, because other tests use the processors too.
        Assert.InRange(times.Order().ElementAt(2), TimeSpan.Zero, TimeSpan.FromMilliseconds(500));
        await ending.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => watch);
    }

    [Fact]
    public async Task Stores_that_look_equally_often_look_together()
    {
        var stores = Enumerable.Range(0, 50).Select(_ => new CountedPoll(TimeSpan.FromMilliseconds(100))).ToArray();
        foreach (var store in stores)
        {
            PollingThread.Add(store);
            await Task.Delay(TimeSpan.FromMilliseconds(3), TimeProvider.System, Ct);
        }

        await Task.Delay(TimeSpan.FromSeconds(1), TimeProvider.System, Ct);
        foreach (var store in stores)
            PollingThread.Remove(store);

        await Task.WhenAll(stores.Select(store => store.IsRemoved)).WaitAsync(TimeSpan.FromSeconds(30), Ct);

        // Its second look is at a moment when all others look too.
        var moments = stores.SelectMany(store => store.Times.Skip(1)).Order().ToArray();
        var wakeUps = moments.Zip(moments.Skip(1), (one, next) => TimeProvider.System.GetElapsedTime(one, next))
            .Count(gap => gap > TimeSpan.FromMilliseconds(2)) + 1;
        Assert.InRange(wakeUps, 1, 40);
        Assert.True(moments.Length > 5 * wakeUps, $"{moments.Length} looks took {wakeUps} wake-ups.");
    }

    /// <summary>A poller that looks when it is told to.</summary>
    private sealed class Watch : IDisposable
    {
        private readonly CancellationTokenSource _ending = new();
        private readonly DataVersionPoller _poller;
        private readonly Signals _commits;

        public Watch(string connectionString, TimeProvider time, Signals commits)
        {
            _commits = commits;
            _poller = new(
                new SqliteDatabase(new SqliteConnectionStringBuilder(connectionString), new SqliteOptions().MaxLogBytes),
                new StoreHistory(new SchemaName(SchemaName.Default)), commits.Set, time, _ending.Token);
        }

        public TimeSpan? Poll() => _poller.Poll();

        /// <summary>Looks until it has seen a commit.</summary>
        public async Task SeesAsync()
        {
            using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(5), TimeProvider.System);
            for (var seen = _commits.NextAsync(); !seen.IsCompleted; await timer.WaitForNextTickAsync(Ct))
                _poller.Poll();
        }

        public void Dispose()
        {
            _ending.Cancel();
            _poller.Removed();
            _ending.Dispose();
        }
    }

    /// <summary>Commits that were seen.</summary>
    private sealed class Signals
    {
        private readonly Channel<bool> _seen = Channel.CreateUnbounded<bool>();

        public void Set() => _seen.Writer.TryWrite(true);

        public void Clear()
        {
            while (_seen.Reader.TryRead(out _))
            {
                // Seen before.
            }
        }

        public Task<bool> NextAsync() => _seen.Reader.ReadAsync(Ct).AsTask().WaitAsync(TimeSpan.FromSeconds(30), Ct);
    }

    private sealed class CountedPoll(TimeSpan interval) : PollingThread.IPoll
    {
        private readonly TaskCompletionSource _removed = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public List<long> Times { get; } = [];

        public Task IsRemoved => _removed.Task;

        public TimeSpan? Poll()
        {
            Times.Add(TimeProvider.System.GetTimestamp());
            return interval;
        }

        public void Removed() => _removed.SetResult();
    }
}
