using System.Globalization;
using EventStore.EF.Specification;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace EventStore.EF.PostgreSQL.Tests.Storage;

/// <summary>
/// Tables that were filled and never analyzed: the server guesses what is in them. Every operation still reads what it needs and not the table.
/// </summary>
public sealed class PlansWithoutStatisticsTests(PostgreSqlFixture fixture, FilledDatabase filled) : StoreSpecification(fixture), IClassFixture<PostgreSqlFixture>, IClassFixture<FilledDatabase>
{
    private const int Middle = FilledDatabase.Large / 2;

    /// <summary>Operations by name, and the most rows that each may read of the tables and their indexes.</summary>
    private static readonly Dictionary<string, (int MostRows, Func<IEventStore, Task> Run)> Operations = new(StringComparer.Ordinal)
    {
        ["a page of a stream"] = (1_000, store => PageAsync(store.ReadStreamAsync("large", Options(Middle)))),
        ["the first page of a stream"] = (1_000, store => PageAsync(store.ReadStreamAsync("large", Options(null)))),
        ["a page of a stream backward"] = (1_000, store => PageAsync(store.ReadStreamAsync("large", Options(Middle, ReadDirection.Backward)))),
        ["the last page of a stream"] = (1_000, store => PageAsync(store.ReadStreamAsync("large", Options(null, ReadDirection.Backward)))),
        ["a page of a stream by type"] = (1_000, store => PageAsync(store.ReadStreamAsync("large", Options(Middle, filter: EventFilter.Types("common"))))),
        ["a page of a stream by time"] = (1_000, store => PageAsync(store.ReadStreamAsync("large", Options(Middle, filter: EventFilter.Created(DateTimeOffset.UnixEpoch, null))))),
        ["a stream of one event"] = (50, store => PageAsync(store.ReadStreamAsync("small-77", Options(null)))),
        ["a page of a linked stream"] = (3_000, store => PageAsync(store.ReadStreamAsync("linked", Options(FilledDatabase.Links / 2)))),
        ["a page of a linked stream by type"] = (3_000, store => PageAsync(store.ReadStreamAsync("linked", Options(FilledDatabase.Links / 2, filter: EventFilter.Types("common"))))),
        ["a page of a linked stream backward"] = (3_000, store => PageAsync(store.ReadStreamAsync("linked", Options(FilledDatabase.Links / 2, ReadDirection.Backward)))),
        ["a page of all"] = (3_000, store => PageAsync(store.ReadAllAsync(Options(Middle)))),
        ["a page of all backward"] = (3_000, store => PageAsync(store.ReadAllAsync(Options(Middle, ReadDirection.Backward)))),
        ["a page of all by type"] = (3_000, store => PageAsync(store.ReadAllAsync(Options(Middle, filter: EventFilter.Types("common"))))),
        ["a page of all by type backward"] = (3_000, store => PageAsync(store.ReadAllAsync(Options(Middle, ReadDirection.Backward, EventFilter.Types("common"))))),
        ["a page of all by prefix"] = (5_000, store => PageAsync(store.ReadAllAsync(Options(Middle, filter: EventFilter.StreamPrefix("lar"))))),
        ["a page of all by prefix, type and time"] = (5_000, store => PageAsync(store.ReadAllAsync(Options(
            Middle, filter: EventFilter.StreamPrefix("lar").AndTypes("common").AndCreated(DateTimeOffset.UnixEpoch, DateTimeOffset.MaxValue))))),
        ["an append to a large stream"] = (200, store => store.AppendAsync("large", ExpectedVersion.Any, new Numbered(1))),
        ["an append to a new stream"] = (200, store => store.AppendAsync("new", ExpectedVersion.Any, new Numbered(1))),
        ["an append of many"] = (500, store => store.AppendManyAsync("small-1", ExpectedVersion.Any, Numbered(20))),
        ["an append to several streams"] = (500, store => store.AppendManyAsync([
            new StreamAppend("large", ExpectedVersion.Any, Numbered(2)), new StreamAppend("small-2", ExpectedVersion.Any, Numbered(2)), StreamAppend.Condition("small-3", 2)])),
        ["an append that was written already"] = (500, RepeatAsync),
        ["a link"] = (500, LinkAsync),
        ["a stream's info"] = (50, store => store.Streams.FindAsync("large")),
        ["the last event of a stream"] = (50, store => store.ReadLastAsync("large")),
        ["the head of all"] = (50, store => store.GetHeadAsync()),
        ["a snapshot recorded, read and removed"] = (100, SnapshotAsync),
        ["the removal of a stream"] = (500, store => store.Streams.DeleteAsync("small-5", ExpectedVersion.Any)),
        ["the return of a removed stream"] = (500, store => store.Streams.UndeleteAsync("small-8")),
        ["a truncation"] = (500, store => store.Streams.TruncateAsync("small-6", 2)),
        ["a page of streams"] = (1_000, store => TakeAsync(store.Streams.ListAsync(new() { PageSize = 100, Prefix = "small-1" }))),
        ["a subscription's info"] = (SubscriptionInfo.MaxLagEvents + 500, store => store.Subscriptions.FindAsync("subscription-77")),
        ["a pause"] = (500, store => store.Subscriptions.PauseAsync("subscription-77")),
        ["a new name"] = (500, store => store.Subscriptions.RenameAsync("subscription-80", "renamed-80")),
        ["another number of partitions"] = (500, store => store.Subscriptions.RepartitionAsync("subscription-81", 3)),
        ["a rewind"] = (500, store => store.Subscriptions.RewindAsync("subscription-78", 1, ParkedEventHandling.Keep)),
        ["a page of parked events"] = (5_000, store => TakeAsync(store.Subscriptions.ListParkedAsync("parking"))),
        ["a replay of a key"] = (500, store => store.Subscriptions.ReplayParkedAsync("parking", "key-77")),

        // Of the subscription's own parked events, and of no others: an index by event id would cost every event that is parked.
        ["a parked event given up"] = (FilledDatabase.Parked + 500, DiscardOneAsync),
        ["parked events given up"] = (500, store => store.Subscriptions.DiscardParkedAsync("parking", "key-78")),
        ["a wait for an event of the past"] = (500, store => store.Subscriptions.WaitForAsync("subscription-79", 1, TimeSpan.FromSeconds(30))),
        ["a subscription's start"] = (2_000, SubscribeAsync),
        ["an event parked and replayed"] = (3_000, ParkAsync),
    };

    public static TheoryData<string> Names => [.. Operations.Keys];

    protected override TestDatabase Database => filled.Database;

    [Theory]
    [MemberData(nameof(Names))]
    public async Task An_operation_reads_what_it_needs(string operation)
    {
        var (mostRows, run) = Operations[operation];

        // A connection that is closed has told the server what it has read.
        await using var store = Fixture.CreateStore(Database.ConnectionString + ";Pooling=false");
        _ = await store.Events.Streams.FindAsync("large", Ct);
        await SettleAsync();
        var before = await RowsReadAsync();
        await run(store.Events);
        await store.DisposeAsync();
        await SettleAsync();
        Assert.InRange(await RowsReadAsync() - before, 0, mostRows);
    }

    /// <summary>There are more subscriptions than a report has, most of them at the beginning of the store.</summary>
    [Fact]
    public async Task A_report_reads_a_limited_number_of_rows()
    {
        await using var store = Fixture.CreateStore(Database.ConnectionString + ";Pooling=false");
        _ = await store.Events.Streams.FindAsync("large", Ct);
        await SettleAsync();
        var before = await RowsReadAsync();
        var report = await store.Host.Services.GetRequiredService<IEventStoreOperations>().GetReportAsync(Ct);
        await store.DisposeAsync();
        await SettleAsync();
        Assert.InRange(
            await RowsReadAsync() - before, 0,
            (2 * SubscriptionInfo.MaxLagEvents) + StoreReport.MaxParkedEvents + (3 * StoreReport.MaxPartitions));

        // Other tests of the class may have added a few.
        Assert.True(report.HasMoreSubscriptions);
        Assert.InRange(report.Subscriptions!.Count, StoreReport.MaxPartitions - 10, StoreReport.MaxPartitions);
        Assert.Equal(
            StoreReport.MaxParkedEvents,
            Assert.Single(report.Subscriptions, subscription => subscription.Info.Name == "parking").Info.ParkedCount);
        Assert.All(
            report.Subscriptions.Where(subscription => subscription.Info.Name.Value.StartsWith("subscription-", StringComparison.Ordinal)),
            subscription => Assert.Equal(SubscriptionInfo.MaxLagEvents, subscription.Info.LagEvents));
    }

    [Fact]
    public async Task A_page_in_the_caller_s_transaction_reads_what_it_needs_and_leaves_the_transaction_s_settings()
    {
        await using var store = Fixture.CreateStore(Database.ConnectionString + ";Pooling=false");
        _ = await store.Events.Streams.FindAsync("large", Ct);
        await SettleAsync();
        var before = await RowsReadAsync();
        await using (var context = await store.CreateContextAsync())
        {
            await using var transaction = await context.Database.BeginTransactionAsync(Ct);
            await context.Database.ExecuteSqlRawAsync("SET LOCAL enable_seqscan = off; SET enable_sort = on", Ct);
            await PageAsync(store.Events.WithTransaction(transaction).ReadStreamAsync("large", Options(Middle, filter: EventFilter.Types("common")), Ct));
            var settings = await context.Database
                .SqlQueryRaw<string>("SELECT string_agg(name || '=' || setting, ' ' ORDER BY name) AS \"Value\" FROM pg_settings WHERE name IN ('enable_seqscan', 'enable_sort', 'enable_bitmapscan')")
                .SingleAsync(Ct);
            Assert.Equal("enable_bitmapscan=on enable_seqscan=off enable_sort=on", settings);
        }

        await store.DisposeAsync();
        await SettleAsync();
        Assert.InRange(await RowsReadAsync() - before, 1, 1_500);
    }

    private static ReadOptions Options(long? from, ReadDirection direction = ReadDirection.Forward, EventFilter? filter = null)
        => new() { From = from, Direction = direction, Filter = filter ?? EventFilter.All, PageSize = 100, MaxCount = 100 };

    private static async Task PageAsync(IAsyncEnumerable<RecordedEvent> events)
    {
        var count = 0;
        await foreach (var _ in events)
            count++;

        Assert.InRange(count, 1, 100);
    }

    private static async Task TakeAsync<T>(IAsyncEnumerable<T> items) => Assert.NotEmpty(await items.Take(50).ToListAsync(Ct));

    private static async Task RepeatAsync(IEventStore store)
    {
        NewEvent[] events = Numbered(3);
        var first = await store.AppendManyAsync("repeated", ExpectedVersion.NoStream, events, Ct);
        Assert.Equal(first, await store.AppendManyAsync("repeated", ExpectedVersion.NoStream, events, Ct));
    }

    private static async Task LinkAsync(IEventStore store)
    {
        var events = await store.ReadStreamAsync("large", Options(Middle), Ct).Take(3).ToListAsync(Ct);
        await store.LinkAsync("links", ExpectedVersion.Any, events, Ct);
    }

    private static async Task SnapshotAsync(IEventStore store)
    {
        await store.Snapshots.RecordAsync(new() { Source = "small-9", Type = "sum", Version = 1, Payload = "1"u8.ToArray() }, Ct);
        Assert.NotNull(await store.Snapshots.FindAsync("small-9", "sum", Ct));
        await store.Snapshots.DeleteAsync("small-9", "sum", Ct);
    }

    private static async Task DiscardOneAsync(IEventStore store)
    {
        var last = (await store.ReadLastAsync("large", Ct))!;
        Assert.Equal(0, await store.Subscriptions.DiscardParkedAsync("parking", last.EventId, cancellationToken: Ct));
    }

    private static async Task SubscribeAsync(IEventStore store)
    {
        await using var subscription = await store.SubscribeAsync("fresh", new() { Start = SubscriptionStart.After(Middle), PageSize = 100, BufferSize = 10 }, Ct);
        await foreach (var batch in subscription.ReadBatchesAsync(Ct))
        {
            await subscription.AckAsync(batch, Ct);
            break;
        }
    }

    private static async Task ParkAsync(IEventStore store)
    {
        await using var subscription = await store.SubscribeAsync("fresh-parking", new() { Start = SubscriptionStart.After(Middle), PageSize = 100, BufferSize = 10, Filter = EventFilter.Types("common") }, Ct);
        var isParked = false;
        await foreach (var batch in subscription.ReadBatchesAsync(Ct))
        {
            if (isParked)
            {
                await subscription.AckAsync(batch, Ct);
                break;
            }

            await subscription.ParkAsync(batch.Events[0], "later", Ct);
            await store.Subscriptions.ReplayParkedAsync("fresh-parking", cancellationToken: Ct);
            isParked = true;
        }
    }

    /// <summary>Waits until no connection but this one is there: each tells what it has read when it ends.</summary>
    private async Task SettleAsync()
    {
        const string Others = "SELECT count(*) FROM pg_stat_activity, pg_sleep(0.01) WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'";
        while (await Database.ScalarAsync<int>(Others) > 0)
        {
            // The server paces the looks.
        }
    }

    private async Task<long> RowsReadAsync() => long.Parse((await Database.ScalarAsync<string>("""
        SELECT sum(seq_tup_read + coalesce(idx_tup_fetch, 0))::bigint::text FROM pg_stat_user_tables WHERE schemaname = 'eventstore'
        """))!, CultureInfo.InvariantCulture);
}

/// <summary>A database that was filled by copying rows into it, and that nothing analyzes.</summary>
public sealed class FilledDatabase(PostgreSqlCluster cluster) : IAsyncLifetime
{
    public const int Large = 100_000;
    public const int Links = 30_000;
    public const int Parked = 30_000;

    private TestDatabase? _database;

    public TestDatabase Database => _database ?? throw new InvalidOperationException("There is no database on this machine.");

    public async ValueTask InitializeAsync()
    {
        if (cluster.Unavailable is not null)
            return;

        _database = new PostgreSqlTestDatabase(cluster.Server, (await cluster.CreateDatabaseAsync(migrated: true)) + ";Pooling=false");
        foreach (var table in (string[])["events", "streams", "stream_links", "subscriptions", "parked_events"])
            await _database.ExecuteAsync($"ALTER TABLE {{{table}}} SET (autovacuum_enabled = false)");

        await _database.ExecuteAsync($$"""
            INSERT INTO {streams} (name, version) VALUES ('large', {{Large}}), ('linked', {{Links}});
            INSERT INTO {events} (stream_id, version, event_id, type, data)
            SELECT s.id, n, gen_random_uuid(), CASE WHEN n % 2 = 0 THEN 'common' ELSE 'other' END, json_build_object('number', n)
            FROM {streams} s, generate_series(1, {{Large}}) n WHERE s.name = 'large';
            INSERT INTO {streams} (name, version) SELECT 'small-' || n, 2 FROM generate_series(1, 20000) n;
            INSERT INTO {events} (stream_id, version, event_id, type, data)
            SELECT s.id, v, gen_random_uuid(), 'other', '{}' FROM {streams} s, generate_series(1, 2) v WHERE s.name LIKE 'small-%';
            INSERT INTO {stream_links} (stream_id, number, position)
            SELECT s.id, e.position, e.position FROM {streams} s, {events} e WHERE s.name = 'linked' AND e.position <= {{Links}};
            UPDATE {streams} SET has_links = true WHERE name = 'linked';
            INSERT INTO {subscriptions} (name, stream, partition, position) SELECT 'subscription-' || n, '$all', 0, 2 FROM generate_series(1, 20000) n;
            INSERT INTO {subscriptions} (name, stream, partition, position) VALUES ('parking', '$all', 0, {{Large}});
            INSERT INTO {parked_events} (subscription_id, place, position, event_id, attempts, key, error)
            SELECT s.id, e.position, e.position, e.event_id, 1, 'key-' || e.position % 5000, 'no'
            FROM {subscriptions} s, {events} e WHERE s.name = 'parking' AND e.position <= {{Parked}}
            """);
    }

    public async ValueTask DisposeAsync()
    {
        if (_database is not null)
            await _database.DisposeAsync();
    }
}
