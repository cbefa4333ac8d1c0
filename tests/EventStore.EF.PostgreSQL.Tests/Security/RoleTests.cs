using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Npgsql;

namespace EventStore.EF.PostgreSQL.Tests.Security;

/// <summary>The roles of docs/security.md, made by the SQL that stands there: each may what the table says, and nothing more.</summary>
public sealed class RoleTests(PostgreSqlFixture fixture) : RoleSuite(fixture)
{
    /// <summary>What each role of the page is said to do, by name.</summary>
    public static TheoryData<string, string> Everything
    {
        get
        {
            var data = new TheoryData<string, string>();
            foreach (var (role, what) in Operations.Keys)
                data.Add(role, what);

            return data;
        }
    }

    /// <summary>By role and name. Each gets a stream with three numbered events, and a subscription "parked" with two parked ones.</summary>
    private static IReadOnlyDictionary<(string Role, string What), Func<TestStore, StreamName, Task>> Operations { get; }
        = new Dictionary<(string, string), Func<TestStore, StreamName, Task>>
        {
            [("appender", "append to a new stream")] = (store, _) => store.Events.AppendAsync(NewStream(), ExpectedVersion.NoStream, new Numbered(1), cancellationToken: Ct),
            [("appender", "append many to a stream")] = (store, stream) => store.Events.AppendManyAsync(stream, 3, Numbered(3), Ct),
            [("appender", "append to several streams with a condition")] = (store, stream)
                => store.Events.AppendManyAsync([new(NewStream(), ExpectedVersion.Any, Numbered(2)), StreamAppend.Condition(stream, 3)], Ct),
            [("appender", "append from twenty callers")] = (store, _)
                => Task.WhenAll(Enumerable.Range(0, 20).Select(_ => store.Events.AppendAsync(NewStream(), ExpectedVersion.Any, new Numbered(1), cancellationToken: Ct))),
            [("appender", "repeat an append")] = async (store, stream) =>
            {
                var events = Numbered(1);
                await store.Events.AppendManyAsync(stream, 3, events, Ct);
                await store.Events.AppendManyAsync(stream, 3, events, Ct);
            },
            [("appender", "be told of a conflict")] = (store, stream)
                => Assert.ThrowsAsync<WrongExpectedVersionException>(() => store.Events.AppendAsync(stream, 7, new Numbered(1), cancellationToken: Ct)),
            [("appender", "link")] = async (store, stream)
                => await store.Events.LinkAsync(NewStream(), ExpectedVersion.Any, await ToListAsync(store.Events.ReadStreamAsync(stream, cancellationToken: Ct)), Ct),
            [("appender", "delete and undelete a stream")] = async (store, stream) =>
            {
                await store.Events.Streams.DeleteAsync(stream, ExpectedVersion.Any, Ct);
                await store.Events.Streams.UndeleteAsync(stream, Ct);
            },
            [("appender", "keep snapshots")] = async (store, stream) =>
            {
                await store.Events.Snapshots.RecordAsync(new() { Source = stream, Type = "tally", Version = 3, Payload = "{}"u8.ToArray() }, Ct);
                await store.Events.Snapshots.RecordAsync(new() { Source = stream, Type = "tally", Version = 4, Payload = "{}"u8.ToArray() }, Ct);
                Assert.Equal(4, (await store.Events.Snapshots.FindAsync(stream, "tally", Ct))?.Version);
                await store.Events.Snapshots.DeleteAsync(stream, "tally", Ct);
            },
            [("appender", "append in a transaction of its own")] = async (store, stream) =>
            {
                await using var context = await store.CreateContextAsync();
                await using var transaction = await context.Database.BeginTransactionAsync(Ct);
                await store.Events.WithTransaction(transaction).AppendAsync(stream, 3, new Numbered(4), cancellationToken: Ct);
                await transaction.CommitAsync(Ct);
            },
            [("appender", "read")] = ReadAsync,
            [("appender", "start a host")] = (store, _) => store.Host.StartAsync(Ct),
            [("reader", "read")] = ReadAsync,
            [("reader", "start a host")] = (store, _) => store.Host.StartAsync(Ct),
            [("reader", "read snapshots")] = async (store, stream) => Assert.Null(await store.Events.Snapshots.FindAsync(stream, "tally", Ct)),
            [("reader", "see subscriptions, what is parked, and who holds events back")] = SeeAsync,
            [("reader", "read a report of the store")] = async (store, _) => Assert.DoesNotContain(
                (await store.Host.Services.GetRequiredService<IEventStoreOperations>().GetReportAsync(Ct)).Checks,
                check => check.Severity is CheckSeverity.Unknown),
            [("reader", "subscribe for as long as it runs")] = async (store, _) =>
            {
                await using var transient = await store.Events.SubscribeTransientAsync(new() { Start = SubscriptionStart.Origin }, Ct);
                Assert.Equal(3, (await transient.HandleAsync(3)).Count);
            },
            [("subscriber", "read")] = ReadAsync,
            [("subscriber", "see subscriptions, what is parked, and who holds events back")] = SeeAsync,
            [("subscriber", "take batches and acknowledge them")] = async (store, stream) =>
            {
                await using var subscription = await store.Events.SubscribeAsync("batches", new() { Stream = stream, CheckpointEvery = 1 }, Ct);
                Assert.Equal(3, (await subscription.HandleAsync(3)).Count);
            },
            [("subscriber", "share partitions")] = async (store, _) =>
            {
                await using var subscription = await store.Events.SubscribeAsync("shared", new() { Partitions = 3 }, Ct);
                Assert.Equal(3, (await subscription.HandleAsync(3)).Count);
            },
            [("subscriber", "pause and resume")] = async (store, _) =>
            {
                await store.Events.Subscriptions.PauseAsync("parked", cancellationToken: Ct);
                await store.Events.Subscriptions.ResumeAsync("parked", cancellationToken: Ct);
            },
            [("subscriber", "rewind and keep what is parked")] = (store, _) => store.Events.Subscriptions.RewindAsync("parked", 0, ParkedEventHandling.Keep, cancellationToken: Ct),
            [("subscriber", "rewind and discard what is parked")] = (store, _) => store.Events.Subscriptions.RewindAsync("parked", 0, ParkedEventHandling.Discard, cancellationToken: Ct),
            [("subscriber", "ask for a replay")] = async (store, _) => Assert.Equal(2, await store.Events.Subscriptions.ReplayParkedAsync("parked", cancellationToken: Ct)),
            [("subscriber", "discard by key")] = async (store, stream) => Assert.Equal(2, await store.Events.Subscriptions.DiscardParkedAsync("parked", stream.Value, cancellationToken: Ct)),
            [("subscriber", "change the number of partitions")] = async (store, _) =>
            {
                await store.Events.Subscriptions.RepartitionAsync("parked", 5, cancellationToken: Ct);
                await store.Events.Subscriptions.RepartitionAsync("parked", 2, cancellationToken: Ct);
            },
            [("subscriber", "rename")] = (store, _) => store.Events.Subscriptions.RenameAsync("parked", "renamed", cancellationToken: Ct),
            [("subscriber", "delete")] = (store, _) => store.Events.Subscriptions.DeleteAsync("parked", cancellationToken: Ct),
            [("appender", "append on condition that another stream is missing")] = (store, _)
                => store.Events.AppendManyAsync([new(NewStream(), ExpectedVersion.Any, Numbered(1)), StreamAppend.Condition(NewStream(), 0)], Ct),
            [("remover", "truncate a stream")] = (store, stream) => store.Events.Streams.TruncateAsync(stream, 2, Ct),
            [("remover", "remove a stream for good")] = (store, stream) => store.Events.Streams.HardDeleteAsync(stream, 3, Ct),
            [("remover", "read")] = ReadAsync,
            [("migrator", "migrate")] = (store, _) => store.MigrateAsync(),
            [("migrator", "truncate a stream")] = (store, stream) => store.Events.Streams.TruncateAsync(stream, 2, Ct),
            [("migrator", "remove a stream for good")] = (store, stream) => store.Events.Streams.HardDeleteAsync(stream, 3, Ct),
        };

    [Theory]
    [MemberData(nameof(Everything))]
    public async Task A_role_may_do_everything_that_it_is_said_to_do(string role, string what)
        => await RunAsync(role, what, Events, Database, builder => As(role, builder));

    /// <summary>Does what a role is said to do, beside a stream with three events and a subscription with two parked ones.</summary>
    internal static async Task RunAsync(
        string role, string what, IEventStore events, TestDatabase database, Func<Action<EventStoreBuilder>, TestStore> create)
    {
        var stream = NewStream();
        await events.AppendManyAsync(stream, ExpectedVersion.NoStream, Numbered(3), Ct);
        await database.ExecuteAsync($"""
            INSERT INTO {"{subscriptions}"} (name, stream, partition, partitions, position) VALUES ('parked', '$all', 0, 1, 3);
            INSERT INTO {"{parked_events}"} (subscription_id, key, place, event_id, position, error, attempts)
            SELECT s.id, '{stream}', e.position, e.event_id, e.position, 'poison', 1
            FROM {"{subscriptions}"} s, (SELECT * FROM {"{events}"} ORDER BY position DESC LIMIT 2) e
            """);
        await using var store = create(builder => builder.Configure(options => options.AllowHardDelete = true));
        await Operations[(role, what)](store, stream);
    }

    [Fact]
    public async Task A_migrator_makes_the_schema_of_a_database_that_is_not_its_own()
    {
        await using var empty = await Fixture.CreateDatabaseAsync(migrated: false);
        var name = new NpgsqlConnectionStringBuilder(empty.ConnectionString).Database;
        await ExecuteAsync($"GRANT CREATE ON DATABASE \"{name}\" TO {Prefix}_migrator");
        await using var store = new TestStore(builder => builder.UsePostgreSql(
            new NpgsqlConnectionStringBuilder(empty.ConnectionString) { Options = $"-c role={Prefix}_migrator", Pooling = false }.ConnectionString));
        await store.MigrateAsync();
        Assert.Equal(0, await empty.ScalarAsync<long>("SELECT count(*) FROM {events}"));
    }

    [Theory]
    [InlineData(SubscriptionErrorPolicy.Park)]
    [InlineData(SubscriptionErrorPolicy.Stop)]
    [InlineData(SubscriptionErrorPolicy.Skip)]
    public async Task A_subscriber_handles_fails_and_replays(SubscriptionErrorPolicy policy)
    {
        var (recorder, isPoisonous) = (new Recorder(), true);
        recorder.OnHandling = (context, _) => isPoisonous && context.StreamVersion == 2 ? throw new InvalidOperationException("poison") : Task.CompletedTask;
        await using var store = As("subscriber", builder =>
        {
            builder.Services.AddSingleton(recorder);
            builder.AddSubscriber<NumberedHandler>("role", options => (options.MaxAttempts, options.OnError) = (1, policy));
        });
        await Events.AppendManyAsync(NewStream(), ExpectedVersion.Any, Numbered(3), Ct);
        await store.Host.StartAsync(Ct);
        var word = policy switch
        {
            SubscriptionErrorPolicy.Park => "parks event",
            SubscriptionErrorPolicy.Stop => "stops at event",
            _ => "SKIPPED event",
        };
        await store.Log.WaitForAsync(line => line.Message.Contains(word, StringComparison.Ordinal), Ct);
        isPoisonous = false;
        if (policy is SubscriptionErrorPolicy.Park)
        {
            await WrittenAsync("SELECT count(*) FROM {parked_events}, pg_sleep(0.01)");
            await store.Events.Subscriptions.ReplayParkedAsync("role", cancellationToken: Ct);
        }
        else if (policy is SubscriptionErrorPolicy.Stop)
        {
            await WrittenAsync("SELECT count(*) FROM {subscriptions}, pg_sleep(0.01) WHERE is_paused");
            await store.Events.Subscriptions.ResumeAsync("role", cancellationToken: Ct);
        }

        await recorder.WaitForAsync(policy is SubscriptionErrorPolicy.Skip ? 2 : 3, Ct);
    }

    [Fact]
    public async Task A_projection_applies_parks_and_replays_by_the_rights_of_its_context_s_role()
    {
        await Database.ExecuteAsync(TallyContext.Table);
        await Database.ExecuteAsync($"GRANT SELECT, INSERT, UPDATE ON tallies TO {Prefix}_projection");
        var (recorder, isPoisonous) = (new Recorder(), true);
        recorder.OnHandling = (context, _) => isPoisonous && context.StreamVersion == 2 ? throw new InvalidOperationException("poison") : Task.CompletedTask;
        await using var store = As("subscriber", builder =>
        {
            builder.Services.AddSingleton(recorder);
            builder.Services.AddDbContext<TallyContext>(context => context.UseNpgsql(ConnectionString("projection")));
            builder.AddProjection<TallyProjection, TallyContext>("role", options => options.MaxAttempts = 1);
        });
        var appended = await Events.AppendManyAsync("numbers", ExpectedVersion.Any, Numbered(3), Ct);
        await store.Host.StartAsync(Ct);
        await Assert.ThrowsAsync<EventParkedException>(
            () => store.Events.Subscriptions.WaitForAsync("role", appended.LastPosition, TimeSpan.FromSeconds(30), cancellationToken: Ct));
        isPoisonous = false;
        await store.Events.Subscriptions.ReplayParkedAsync("role", cancellationToken: Ct);
        await store.Events.Subscriptions.WaitForAsync("role", appended.LastPosition, TimeSpan.FromSeconds(30), cancellationToken: Ct);
        Assert.Equal(3, await Database.ScalarAsync<int>("SELECT events FROM tallies"));
        Assert.Equal(0, await Database.ScalarAsync<long>("SELECT count(*) FROM {parked_events}"));
    }

    [Fact]
    public async Task A_projection_whose_role_could_not_replay_fails_the_start_with_what_it_lacks()
    {
        await Database.ExecuteAsync($"REVOKE DELETE ON {{parked_events}} FROM {Prefix}_projection");
        await using var store = As("subscriber", builder =>
        {
            builder.Services.AddSingleton(new Recorder());
            builder.Services.AddDbContext<TallyContext>(context => context.UseNpgsql(ConnectionString("projection")));
            builder.AddProjection<TallyProjection, TallyContext>("role");
        });
        var refused = await Assert.ThrowsAsync<InvalidOperationException>(() => store.Host.StartAsync(Ct));
        Assert.Contains("reading and deleting from its table of parked events", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("appender", "DELETE FROM eventstore.events")]
    [InlineData("appender", "UPDATE eventstore.events SET type = 'x'")]
    [InlineData("appender", "TRUNCATE eventstore.events")]
    [InlineData("appender", "DELETE FROM eventstore.streams")]
    [InlineData("appender", "UPDATE eventstore.streams SET name = 'x'")]
    [InlineData("appender", "SELECT eventstore.remove('x', -1, NULL)")]
    [InlineData("appender", "UPDATE eventstore.subscriptions SET position = 0")]
    [InlineData("appender", "ALTER TABLE eventstore.events DISABLE TRIGGER ALL")]
    [InlineData("appender", "INSERT INTO eventstore.events (position, stream_id, version, event_id, type, data) OVERRIDING SYSTEM VALUE VALUES (9223372036854775807, 1, 2, gen_random_uuid(), 'x', '{}')")]
    [InlineData("appender", "INSERT INTO eventstore.events (stream_id, version, event_id, type, data) VALUES (1, 2, gen_random_uuid(), 'x', '{}')")]
    [InlineData("appender", "INSERT INTO eventstore.streams (id, name, version) VALUES (9223372036854775807, 'x', 0)")]
    [InlineData("appender", "INSERT INTO eventstore.streams (name, version) VALUES ('x', 7)")]
    [InlineData("appender", "INSERT INTO eventstore.stream_links (stream_id, number, position) VALUES (1, 2, 1)")]
    [InlineData("appender", "UPDATE eventstore.streams SET version = 7")]
    [InlineData("appender", "UPDATE eventstore.streams SET has_links = false")]
    [InlineData("appender", "UPDATE eventstore.streams SET last_position = 7")]
    [InlineData("appender", "SELECT eventstore.hold_name('x')")]
    [InlineData("appender", "SELECT eventstore.hold_positions()")]
    [InlineData("appender", "SELECT setval('eventstore.events_position_seq', 1)")]
    [InlineData("appender", "SELECT nextval('eventstore.events_position_seq')")]
    [InlineData("appender", "UPDATE eventstore.streams SET tenant = 'x'")]
    [InlineData("appender", "UPDATE eventstore.streams SET kept_from = 7")]
    [InlineData("appender", "UPDATE eventstore.store_info SET epoch = gen_random_uuid()")]
    [InlineData("remover", "DELETE FROM eventstore.events")]
    [InlineData("remover", "DELETE FROM eventstore.streams")]
    [InlineData("remover", "DELETE FROM eventstore.stream_links")]
    [InlineData("remover", "SELECT eventstore.hold_name('x')")]
    [InlineData("remover", "UPDATE eventstore.streams SET kept_from = 7")]
    [InlineData("reader", "SELECT eventstore.hold_positions()")]
    [InlineData("reader", "SELECT eventstore.remove('x', -1, NULL)")]
    [InlineData("subscriber", "INSERT INTO eventstore.streams (name, version) VALUES ('x', 0)")]
    [InlineData("subscriber", "DELETE FROM eventstore.events")]
    [InlineData("projection", "UPDATE eventstore.subscriptions SET owner = 'x'")]
    [InlineData("projection", "DELETE FROM eventstore.subscriptions")]
    [InlineData("projection", "INSERT INTO eventstore.parked_events (key) VALUES ('x')")]
    [InlineData("projection", "SELECT * FROM eventstore.events")]
    [InlineData("reader", "INSERT INTO eventstore.streams (name, version) VALUES ('x', 0)")]
    [InlineData("reader", "UPDATE eventstore.streams SET version = 7")]
    [InlineData("reader", "DELETE FROM eventstore.events")]
    [InlineData("reader", "UPDATE eventstore.subscriptions SET position = 0")]
    [InlineData("reader", "CREATE TABLE eventstore.x (y int)")]
    public async Task A_role_may_not_do_more_than_the_table_says(string role, string sql)
    {
        await Events.AppendAsync(NewStream(), ExpectedVersion.Any, new Numbered(1), cancellationToken: Ct);
        await using var connection = new NpgsqlConnection(ConnectionString(role));
        await connection.OpenAsync(Ct);
        await using var command = new NpgsqlCommand(sql, connection);
        var exception = await Assert.ThrowsAsync<PostgresException>(() => command.ExecuteNonQueryAsync(Ct));
        Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, exception.SqlState);
    }

    [Fact]
    public async Task A_reader_reads_and_its_append_is_a_typed_refusal()
    {
        var stream = NewStream();
        await Events.AppendAsync(stream, ExpectedVersion.NoStream, new Numbered(1), cancellationToken: Ct);
        await using var store = As("reader");
        Assert.Single(await ToListAsync(store.Events.ReadStreamAsync(stream, cancellationToken: Ct)));
        Assert.NotEmpty(await ToListAsync(store.Events.ReadAllAsync(cancellationToken: Ct)));
        var exception = await Assert.ThrowsAsync<EventStoreUnavailableException>(() => store.Events.AppendAsync(stream, ExpectedVersion.Any, new Numbered(2), cancellationToken: Ct));
        Assert.False(exception.OutcomeUnknown);
        Assert.Contains("permission denied", exception.Message, StringComparison.Ordinal);
        await AssertNumbersAsync(stream, 1);
    }

    private static async Task ReadAsync(TestStore store, StreamName stream)
    {
        Assert.Equal(3, (await ToListAsync(store.Events.ReadStreamAsync(stream, cancellationToken: Ct))).Count);
        Assert.Equal(3, (await ToListAsync(store.Events.ReadStreamAsync(stream, new() { Direction = ReadDirection.Backward }, Ct))).Count);
        Assert.Equal(3, (await ToListAsync(store.Events.ReadAllAsync(cancellationToken: Ct))).Count);
        Assert.Equal(3, (await ToListAsync(store.Events.ReadAllAsync(new() { Filter = EventFilter.Types("specification-numbered") }, Ct))).Count);
        Assert.Equal(3, (await store.Events.Streams.FindAsync(stream, Ct))?.Version);
        Assert.Single(await store.Events.Streams.ListAsync(cancellationToken: Ct).ToListAsync(Ct));
    }

    private static async Task SeeAsync(TestStore store, StreamName stream)
    {
        Assert.Equal(2, (await store.Events.Subscriptions.ListParkedAsync("parked", cancellationToken: Ct).ToListAsync(Ct)).Count(parked => parked.Key == stream.Value));
        Assert.Single(await store.Events.Subscriptions.ListAsync(Ct).ToListAsync(Ct));
        Assert.Empty(await store.Events.Subscriptions.GetBlockingTransactionsAsync(Ct));
        await store.Events.Subscriptions.WaitForAsync("parked", 1, TimeSpan.FromSeconds(30), cancellationToken: Ct);
    }

    /// <summary>What is told in the log is written a moment later. The server paces the looks.</summary>
    private async Task WrittenAsync(string count)
    {
        while (await Database.ScalarAsync<long>(count) == 0)
            Ct.ThrowIfCancellationRequested();
    }
}
