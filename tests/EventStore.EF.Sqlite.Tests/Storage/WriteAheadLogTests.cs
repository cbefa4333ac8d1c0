using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;

namespace EventStore.EF.Sqlite.Tests.Storage;

/// <summary>The write-ahead log stays short, however readers overlap.</summary>
public sealed class WriteAheadLogTests(SqliteFixture fixture) : SqliteSpecification(fixture)
{
    private const long Least = 1 << 20;
    private const long Limit = 4 << 20;

    private string Log => new SqliteConnectionStringBuilder(Database.ConnectionString).DataSource + "-wal";

    [Fact]
    public async Task The_log_stays_within_twice_its_limit_beside_readers_that_overlap()
    {
        await using var store = CreateStore();
        using var reading = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        var readers = Enumerable.Range(0, 4).Select(_ => Task.Run(
            async () =>
            {
                while (!reading.IsCancellationRequested)
                    await store.Events.ReadAllAsync(cancellationToken: reading.Token).CountAsync(reading.Token);
            },
            Ct)).ToArray();

        var longest = 0L;
        for (var number = 1; number <= 300; number++)
        {
            await store.Events.AppendManyAsync("stream", ExpectedVersion.Any, Numbered(200), Ct);
            longest = Math.Max(longest, new FileInfo(Log).Length);
        }

        await reading.CancelAsync();
        await Task.WhenAll(readers).ContinueWith(_ => { }, Ct, TaskContinuationOptions.None, TaskScheduler.Default);
        Assert.InRange(longest, Limit / 2, 2 * Limit);
    }

    [Fact]
    public async Task A_reader_of_the_application_that_stays_delays_no_append_for_long_and_is_made_up_for()
    {
        await using var store = CreateStore();
        await store.Events.AppendManyAsync("stream", ExpectedVersion.Any, Numbered(200), Ct);
        await using (var other = await ConnectAsync())
        {
            await using var transaction = other.BeginTransaction(deferred: true);
            Run(other, "SELECT count(*) FROM eventstore_events", transaction);
            for (var number = 1; number <= 100; number++)
                await store.Events.AppendManyAsync("stream", ExpectedVersion.Any, Numbered(200), Ct).WaitAsync(TimeSpan.FromSeconds(10), Ct);

            Assert.True(new FileInfo(Log).Length > 2 * Limit);
        }

        await Task.Delay(TimeSpan.FromSeconds(1.1), TimeProvider.System, Ct);
        await store.Events.AppendManyAsync("stream", ExpectedVersion.Any, Numbered(200), Ct);
        await store.Events.AppendManyAsync("stream", ExpectedVersion.Any, Numbered(200), Ct);
        Assert.InRange(new FileInfo(Log).Length, 0, 2 * Limit);
    }

    [Fact]
    public async Task A_limit_of_a_mebibyte_is_taken()
    {
        await using var store = CreateStore(Least);
        for (var number = 1; number <= 100; number++)
            await store.Events.AppendManyAsync("least", ExpectedVersion.Any, Numbered(200), Ct);

        Assert.Equal(20_000, await store.Events.ReadStreamAsync("least", cancellationToken: Ct).CountAsync(Ct));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(Least - 1)]
    public void A_limit_below_a_mebibyte_is_refused(long limit)
        => Assert.Contains(
            "MaxLogBytes", Assert.Throws<ArgumentOutOfRangeException>(() => new TestStore(
                builder => builder.UseSqlite(Database.ConnectionString, options => options.MaxLogBytes = limit))).Message,
            StringComparison.Ordinal);

    private TestStore CreateStore(long limit = Limit)
        => new(builder => builder.UseSqlite(Database.ConnectionString, options => options.MaxLogBytes = limit));
}
