using EventStore.EF.TestDatabases;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Hosting;
using Npgsql;

namespace EventStore.EF.PostgreSQL.Tests.Faults;

/// <summary>What handlers do to their connection: attempts are counted for it, and none for a server that is away or a row that is locked.</summary>
public sealed class HandlerBlameTests(PostgreSqlFixture fixture) : ProjectionSuite(fixture), IClassFixture<PostgreSqlFixture>
{
    /// <summary>Each by name.</summary>
    public static TheoryData<string> Misdeeds => [.. Deeds.Keys];

    private static IReadOnlyDictionary<string, Func<DbContext, Task>> Deeds { get; } = new Dictionary<string, Func<DbContext, Task>>
    {
        ["a statement beyond the command time-out"] = context => context.Database.ExecuteSqlRawAsync("SELECT pg_sleep(60)", Ct),
        ["a statement beyond statement_timeout"] = context => context.Database.ExecuteSqlRawAsync("SET LOCAL statement_timeout = 20; SELECT pg_sleep(60)", Ct),
        ["a lock that it waits for too long"] = context => context.Database.ExecuteSqlRawAsync("SET LOCAL lock_timeout = 20; LOCK TABLE locked", Ct),
        ["a connection used twice at once"] = context => Task.WhenAll(Sleep(context), Sleep(context)),
        ["a call that nobody awaits"] = context =>
        {
            _ = Sleep(context);
            return Task.CompletedTask;
        },
        ["another database that is down"] = async _ =>
        {
            await using var connection = new NpgsqlConnection("Host=127.0.0.1;Port=1;Database=other;Username=postgres;Timeout=5");
            await connection.OpenAsync(Ct);
        },
        ["a conflict each time"] = context => context.Database.ExecuteSqlRawAsync("DO $$ BEGIN RAISE EXCEPTION 'x' USING ERRCODE = '40001'; END $$", Ct),
        ["another server without connections"] = _ => throw new PostgresException("too many clients", "FATAL", "FATAL", PostgresErrorCodes.TooManyConnections),
        ["another server that is read-only"] = _ => throw new PostgresException("read-only", "ERROR", "ERROR", PostgresErrorCodes.ReadOnlySqlTransaction),
        ["another server whose disk is full"] = _ => throw new PostgresException("no space", "ERROR", "ERROR", PostgresErrorCodes.DiskFull),
        ["the end of its own session"] = context => context.Database.ExecuteSqlRawAsync("SELECT pg_terminate_backend(pg_backend_pid())", Ct),
    };

    [Theory]
    [MemberData(nameof(Misdeeds))]
    public async Task What_a_handler_does_to_its_connection_is_tried_as_often_as_the_options_say_and_then_parked(string misdeed)
    {
        Assert.SkipWhen(Fixture.IsPooled, "a pool has its own answers to it");
        await Database.ExecuteAsync("CREATE TABLE locked (x int)");
        await using var locking = await Database.OpenAsync();
        await using var transaction = await locking.BeginTransactionAsync(Ct);
        await using var hold = Database.Command(locking, "LOCK TABLE locked");
        hold.Transaction = transaction;
        await hold.ExecuteNonQueryAsync(Ct);

        var application = NewApplication<DeedProjection>(options => options.MaxAttempts = 2);
        application.Recorder.OnHandling = (context, _) => context is { StreamName.Value: "bad" } ? Deeds[misdeed](DeedProjection.Of(context)) : Task.CompletedTask;
        await application.Host.StartAsync(Ct);
        var bad = await Events.AppendManyAsync("bad", ExpectedVersion.NoStream, Numbered(1), Ct);
        var good = await Events.AppendManyAsync("good", ExpectedVersion.NoStream, Numbered(1), Ct);
        await Assert.ThrowsAsync<EventParkedException>(
            () => application.Events.Subscriptions.WaitForAsync(Projection, bad.LastPosition, TimeSpan.FromSeconds(60), cancellationToken: Ct));
        await WaitForAsync(application, good);
        Assert.Equal((0, 1), (await CountAsync("bad"), await CountAsync("good")));
        Assert.Equal(2, await Database.ScalarAsync<int>("SELECT attempts FROM {parked_events}"));
    }

    [Fact]
    public async Task While_the_store_s_database_is_away_no_attempt_is_counted()
    {
        await using var proxy = new FaultyProxy(Database.ConnectionString);
        var (reached, goOn) = (NewSignal(), NewSignal());
        var attempts = new List<int>();
        var application = NewApplication(
            options => options.MaxAttempts = 1, builder => builder.Configure(options => options.RetryDelay = TimeSpan.FromMilliseconds(50)), proxy.ConnectionString);
        application.Recorder.OnHandling = async (context, _) =>
        {
            attempts.Add(context.Attempt);
            if (attempts.Count > 1)
                return;

            reached.SetResult();
            await goOn.Task;
            throw Fixture.Away;
        };
        await application.Host.StartAsync(Ct);
        var appended = await Events.AppendManyAsync("numbers", ExpectedVersion.NoStream, Numbered(1), Ct);
        await reached.Task.WaitAsync(TimeSpan.FromSeconds(30), Ct);
        proxy.GoAway();
        goOn.SetResult();
        await application.Store.Log.WaitForAsync(line => line.Message.Contains("is interrupted by its database", StringComparison.Ordinal), Ct);
        proxy.ComeBack();
        await WaitForAsync(application, appended);

        Assert.All(attempts, attempt => Assert.Equal(1, attempt));
        await AssertEachEventOnceAsync();
        Assert.Equal(0, await Database.ScalarAsync<long>("SELECT count(*) FROM {parked_events}"));
    }

    [Fact]
    public async Task A_locked_checkpoint_is_waited_for_and_no_attempt_is_counted()
    {
        var application = NewApplication(options => options.MaxAttempts = 1);
        await application.Host.StartAsync(Ct);
        await WaitForAsync(application, await Events.AppendManyAsync("numbers", ExpectedVersion.NoStream, Numbered(1), Ct));
        AppendResult appended;
        await using (var connection = await Database.OpenAsync())
        {
            await using var transaction = await connection.BeginTransactionAsync(Ct);
            await using var hold = Database.Command(connection, "SELECT 1 FROM {subscriptions} FOR UPDATE");
            hold.Transaction = transaction;
            await hold.ExecuteNonQueryAsync(Ct);
            appended = await Events.AppendManyAsync("numbers", ExpectedVersion.At(1), Numbered(3, first: 2), Ct);
            await application.Store.Log.WaitForAsync(line => line.Message.Contains("is interrupted by its database", StringComparison.Ordinal), Ct);
            Assert.Equal(1, await CountAsync("numbers"));
        }

        await WaitForAsync(application, appended);
        await AssertEachEventOnceAsync();
        Assert.Equal(0, await Database.ScalarAsync<long>("SELECT count(*) FROM {parked_events}"));
    }

    /// <inheritdoc/>
    protected override void UseContext(DbContextOptionsBuilder context, string connectionString)
        => base.UseContext(context, new NpgsqlConnectionStringBuilder(connectionString) { CommandTimeout = 1 }.ConnectionString);

    /// <summary>Past EF Core, which has a guard of its own.</summary>
    private static async Task Sleep(DbContext context)
    {
        await using var command = ((NpgsqlConnection)context.Database.GetDbConnection()).CreateCommand();
        command.CommandText = "SELECT pg_sleep(0.5)";
        await command.ExecuteNonQueryAsync(Ct);
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}

/// <summary>Counts, and hands its context to what a test does in its handler.</summary>
public sealed class DeedProjection(TallyContext tallies, Recorder recorder) : ISubscriber<Numbered>
{
    private static readonly AsyncLocal<TallyContext?> Current = new();

    /// <summary>The context of the handler that runs.</summary>
    public static DbContext Of(EventContext context) => Current.Value ?? throw new InvalidOperationException($"Nothing handles {context}.");

    /// <inheritdoc/>
    public async ValueTask HandleAsync(Numbered @event, EventContext context, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(@event);
        ArgumentNullException.ThrowIfNull(context);
        Current.Value = tallies;
        await recorder.HandleAsync(context, cancellationToken);
        tallies.Add(new StreamTally { Stream = context.StreamName.Value, Events = 1 });
    }
}
