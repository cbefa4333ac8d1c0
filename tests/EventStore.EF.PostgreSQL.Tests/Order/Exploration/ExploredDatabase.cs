using System.Data;
using System.Diagnostics;
using System.Globalization;
using Npgsql;

namespace EventStore.EF.PostgreSQL.Tests.Order.Exploration;

/// <summary>
/// A database in which appenders can be held while they insert and while they commit: triggers of the test's own wait at a gate, an
/// advisory lock with the appender's process id as key.
/// </summary>
internal sealed class ExploredDatabase : IAsyncDisposable
{
    /// <summary>To be run in a transaction that is to wait at its gate after it has taken a position and before it inserts.</summary>
    public const string HoldInsert = "SET LOCAL exploration.hold = 'insert'";

    /// <summary>To be run in a transaction that is to wait at its gate in its commit.</summary>
    public const string HoldCommit = "SET LOCAL exploration.hold = 'commit'";

    private const string Triggers = """
        CREATE FUNCTION hold() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF current_setting('exploration.hold', true) = TG_ARGV[0] THEN
                PERFORM pg_advisory_xact_lock_shared(pg_backend_pid());
            END IF;

            RETURN NEW;
        END
        $$;
        CREATE TRIGGER hold_insert BEFORE INSERT ON eventstore.events FOR EACH ROW EXECUTE FUNCTION hold('insert');
        CREATE CONSTRAINT TRIGGER hold_commit AFTER INSERT ON eventstore.events
            DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION hold('commit');
        """;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly TestDatabase _database;
    private NpgsqlConnection _control;

    private ExploredDatabase(TestDatabase database, NpgsqlConnection control)
    {
        _database = database;
        _control = control;
    }

    public TestDatabase Database => _database;

    public string ConnectionString => _database.ConnectionString;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static async Task<ExploredDatabase> CreateAsync(StoreFixture fixture)
    {
        var database = await fixture.CreateDatabaseAsync();
        await database.ExecuteAsync(Triggers);
        return new(database, (NpgsqlConnection)await database.OpenAsync());
    }

    public Task ExecuteAsync(string sql) => ScalarAsync(sql);

    /// <summary>Whoever has this process id will wait.</summary>
    public Task CloseGateAsync(int pid) => ExecuteAsync($"SELECT pg_advisory_lock({pid})");

    public Task OpenGateAsync(int pid) => ExecuteAsync($"SELECT pg_advisory_unlock({pid})");

    /// <summary>Returns when a process waits for something; fails after 30 seconds. The server paces the looks.</summary>
    public async Task WaitUntilHeldAsync(int pid, string wait)
    {
        var start = Stopwatch.GetTimestamp();
        while (await ScalarAsync($"SELECT wait_event FROM pg_stat_activity WHERE pid = {pid}") as string != wait)
        {
            Assert.True(Stopwatch.GetElapsedTime(start) < Patience, $"Process {pid} doesn't wait for {wait}.");
            await ExecuteAsync("SELECT pg_sleep(0.001)");
        }
    }

    public async Task<long> LastPositionTakenAsync()
        => Convert.ToInt64(await ScalarAsync("SELECT pg_sequence_last_value(pg_get_serial_sequence('eventstore.events', 'position')::regclass)"), CultureInfo.InvariantCulture);

    /// <summary>After the server has crashed.</summary>
    public async Task ReconnectAsync()
    {
        NpgsqlConnection.ClearPool(_control);
        await _control.DisposeAsync();
        _control = (NpgsqlConnection)await _database.OpenAsync();
    }

    public async ValueTask DisposeAsync()
    {
        // What a failed test has to say must not be hidden by what it left behind.
        if (_control.State != ConnectionState.Open)
            await ReconnectAsync();

        // It leaves transactions undecided, and the database can't be removed before they are decided.
        while (await ScalarAsync("SELECT gid FROM pg_prepared_xacts WHERE database = current_database() LIMIT 1") is string prepared)
            await ExecuteAsync($"ROLLBACK PREPARED '{prepared}'");

        await _control.DisposeAsync();
        await _database.DisposeAsync();
    }

    private async Task<object?> ScalarAsync(string sql)
    {
        await using var command = new NpgsqlCommand(sql, _control);
        return await command.ExecuteScalarAsync(Ct);
    }
}
