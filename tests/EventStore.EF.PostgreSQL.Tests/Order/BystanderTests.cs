using System.Diagnostics;
using Npgsql;

namespace EventStore.EF.PostgreSQL.Tests.Order;

/// <summary>Whoever doesn't append to this store is never waited for, however long he stays: each is held open while events go on being read.</summary>
public sealed class BystanderTests(PostgreSqlFixture fixture) : OwnDatabaseSpecification(fixture), IClassFixture<PostgreSqlFixture>
{
    [Fact]
    public async Task An_idle_transaction_that_has_read_the_events_holds_nobody_back()
    {
        await using var idle = await BeginAsync("REPEATABLE READ");
        await idle.ExecuteAsync("SELECT count(*) FROM eventstore.events");

        await AssertNobodyIsHeldBackAsync();
    }

    [Fact]
    public async Task An_idle_transaction_that_has_written_elsewhere_holds_nobody_back()
    {
        await using var idle = await BeginAsync();
        await idle.ExecuteAsync("CREATE TABLE elsewhere (id int)");

        await AssertNobodyIsHeldBackAsync();
    }

    [Fact]
    public async Task A_transaction_that_sleeps_holds_nobody_back()
    {
        Assert.SkipWhen(Fixture.IsPooled, "a pool doesn't tell which server process works for a connection");
        await using var sleeping = await BeginAsync();
        await sleeping.ExecuteAsync("SELECT pg_current_xact_id()");
        var sleep = sleeping.ExecuteAsync("SELECT pg_sleep(3600)");
        await Database.WaitForStateAsync("wait_event = 'PgSleep'");

        await AssertNobodyIsHeldBackAsync();
        await Database.ExecuteAsync($"SELECT pg_cancel_backend({sleeping.Pid})");
        await Assert.ThrowsAsync<PostgresException>(() => sleep);
    }

    [Fact]
    public async Task A_transaction_that_appends_to_the_same_schema_of_another_database_holds_nobody_back()
    {
        // A copy of this one, so that the lock there differs in nothing but the database.
        await using var other = await Fixture.CreateDatabaseAsync();
        Assert.Equal(await StoreLockAsync(Database), await StoreLockAsync(other));
        await using var writing = await OpenTransaction.BeginAsync(other.ConnectionString);
        await writing.AppendAsync(NewStream(), 1);

        await AssertNobodyIsHeldBackAsync();
    }

    [Fact]
    public async Task A_transaction_that_appends_to_another_store_of_this_database_holds_nobody_back()
    {
        await using var other = Fixture.CreateStore(Database, builder => builder.UseSchema("another"));
        await other.MigrateAsync();
        await using var caller = await Database.OpenAsync();
        await using var transaction = await caller.BeginTransactionAsync(Ct);
        await other.Events.WithTransaction(transaction).AppendAsync(NewStream(), ExpectedVersion.Any, new Numbered(1), cancellationToken: Ct);

        await AssertNobodyIsHeldBackAsync();
    }

    [Theory]
    [InlineData("pg_advisory_xact_lock(4711)")]
    [InlineData("pg_advisory_lock(4711)")]
    [InlineData("pg_advisory_xact_lock_shared('eventstore.events'::regclass::oid::int, 2)")]
    [InlineData("pg_advisory_lock_shared('eventstore.streams'::regclass::oid::int, 1)")]
    [InlineData("pg_advisory_xact_lock(('eventstore.events'::regclass::oid::bigint << 32) + 1)")]
    public async Task An_advisory_lock_of_another_key_holds_nobody_back(string taking)
    {
        await using var locking = await BeginAsync();
        await locking.ExecuteAsync($"SELECT {taking}");

        await AssertNobodyIsHeldBackAsync();
        await locking.ExecuteAsync("SELECT pg_advisory_unlock_all()");
    }

    [Fact]
    public async Task A_prepared_transaction_that_has_written_elsewhere_holds_nobody_back()
    {
        await Database.RequirePreparedTransactionsAsync();
        await using var preparing = await BeginAsync();
        await preparing.ExecuteAsync("CREATE TABLE elsewhere (id int)");
        await preparing.ExecuteAsync("SELECT pg_advisory_xact_lock(4711)");
        await preparing.ExecuteAsync("PREPARE TRANSACTION 'elsewhere'");

        await AssertNobodyIsHeldBackAsync();
        await Database.ExecuteAsync("ROLLBACK PREPARED 'elsewhere'");
    }

    [Fact]
    public async Task A_dump_holds_nobody_back()
    {
        // More than fits into the pipe, which nobody reads: the dump stays in the middle of it.
        await Database.ExecuteAsync("CREATE TABLE ballast AS SELECT repeat(md5(i::text), 100) AS text FROM generate_series(1, 10000) i");
        var connection = new NpgsqlConnectionStringBuilder(Database.ConnectionString);
        using var dump = Process.Start(new ProcessStartInfo("pg_dump")
        {
            RedirectStandardOutput = true,
            Environment =
            {
                ["PGHOST"] = connection.Host,
                ["PGPORT"] = $"{connection.Port}",
                ["PGDATABASE"] = connection.Database,
                ["PGUSER"] = connection.Username,
                ["PGPASSWORD"] = connection.Password,
            },
        })!;
        try
        {
            await Database.WaitForStateAsync("application_name = 'pg_dump' AND query LIKE 'COPY public.ballast%' AND wait_event = 'ClientWrite'");

            await AssertNobodyIsHeldBackAsync();
            Assert.False(dump.HasExited);
        }
        finally
        {
            dump.Kill();
            await dump.WaitForExitAsync(CancellationToken.None);
        }
    }

    /// <summary>A gap makes the reader ask who may fill it; nobody is there, so it reads on at once.</summary>
    private async Task AssertNobodyIsHeldBackAsync()
    {
        await using (var undone = await BeginAsync())
            await undone.AppendAsync(NewStream(), 1);

        await Events.AppendAsync(NewStream(), ExpectedVersion.Any, new Numbered(2), cancellationToken: Ct);
        Assert.Equal([2], (await ReadAllAsync()).Select(@event => @event.As<Numbered>().Number));
        Assert.Equal([2], (await ReadAllAsync(new() { Filter = EventFilter.Types("specification-numbered") })).Select(@event => @event.As<Numbered>().Number));
        Assert.Empty(await Store.GetBlockingTransactionsAsync(Ct));
    }

    private Task<OpenTransaction> BeginAsync(string isolation = "READ COMMITTED") => OpenTransaction.BeginAsync(Database.ConnectionString, isolation);

    private static Task<long> StoreLockAsync(TestDatabase database) => database.ScalarAsync<long>("SELECT 'eventstore.events'::regclass::oid::bigint");
}
