using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace EventStore.EF.PostgreSQL.Tests.Errors;

/// <summary>Each failure has its own true words, and the outcome is called unknown only when something was sent and no answer came.</summary>
public sealed class TrueMessageTests(PostgreSqlFixture fixture) : TransactionSuite(fixture), IClassFixture<PostgreSqlFixture>
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    [Theory]
    [InlineData("Port=1;Timeout=5", "can't be reached")]
    [InlineData("Host=no-such-host.invalid", "can't be reached")]
    [InlineData("Username=nobody-of-that-name", "refused")]
    [InlineData("Database=no_such_database", "refused")]
    [InlineData("Options=-c default_transaction_read_only=on", "read-only")]
    [InlineData("Options=-c statement_timeout=1", "statement_timeout")]
    public async Task A_write_that_reached_no_server_or_was_undone_by_it_says_why_and_that_nothing_was_written(string setting, string words)
    {
        var parts = setting.Split('=', 2);
        var connection = new NpgsqlConnectionStringBuilder(Database.ConnectionString) { [parts[0]] = parts[1].Split(';')[0] };
        await using var store = NewStore(connection.ConnectionString);
        var stream = NewStream();
        await using var caller = await BeginAsync();
        if (setting.Contains("statement_timeout", StringComparison.Ordinal))
            await caller.ScalarAsync("LOCK TABLE eventstore.streams IN EXCLUSIVE MODE");

        var exception = await Assert.ThrowsAsync<EventStoreUnavailableException>(
            () => store.Events.AppendAsync(stream, ExpectedVersion.Any, new Numbered(1), cancellationToken: Ct).WaitAsync(Patience, Ct));
        Assert.Contains(words, exception.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("unknown", exception.Message, StringComparison.Ordinal);
        Assert.False(exception.OutcomeUnknown);
        await caller.Transaction.RollbackAsync(Ct);
        await AssertMissingAsync(stream);
    }

    [Theory]
    [InlineData("Command Timeout=2", true)]
    [InlineData("Command Timeout=2", false)]
    [InlineData("Command Timeout=600;Options=-c lock_timeout=2000", true)]
    public async Task A_wait_for_a_lock_ends_once_at_its_limit_and_names_who_holds_the_lock(string limit, bool isNew)
    {
        Assert.SkipWhen(Fixture.IsPooled, "a pool doesn't tell which server process works for a connection");
        await using var store = NewStore($"{Database.ConnectionString};{limit}");
        var stream = isNew ? NewStream() : await StreamAsync(1);
        await using var holder = new NpgsqlConnection($"{Database.ConnectionString};Application Name=the-holder");
        await holder.OpenAsync(Ct);
        await using var transaction = await holder.BeginTransactionAsync(Ct);
        await Events.WithTransaction(transaction).AppendAsync(stream, ExpectedVersion.Any, new Numbered(2), cancellationToken: Ct);

        var began = Stopwatch.GetTimestamp();
        var exception = await Assert.ThrowsAsync<LockTimeoutException>(
            () => store.Events.AppendAsync(stream, ExpectedVersion.Any, new Numbered(3), cancellationToken: Ct).WaitAsync(Patience, Ct));
        Assert.InRange(Stopwatch.GetElapsedTime(began), TimeSpan.FromSeconds(2), Patience);
        Assert.Equal(stream, exception.Stream);
        Assert.InRange(exception.Waited!.Value, TimeSpan.FromSeconds(2), Patience);
        var named = Assert.Single(exception.BlockingTransactions);
        Assert.Equal((holder.ProcessID, "the-holder"), (named.SessionId, named.Application));
        Assert.Contains("'the-holder'", exception.Message, StringComparison.Ordinal);
        Assert.Contains("Nothing was written", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_exhausted_pool_says_so_and_how_large_it_is()
    {
        await using var store = NewStore($"{Database.ConnectionString};Maximum Pool Size=3;Timeout=1");
        var stream = await StreamAsync(3);
        var open = new List<IAsyncDisposable>();
        try
        {
            for (var index = 0; index < 3; index++)
            {
                var context = await store.CreateContextAsync();
                open.Add(context);
                await Microsoft.EntityFrameworkCore.RelationalDatabaseFacadeExtensions.OpenConnectionAsync(context.Database, Ct);
            }

            var exception = await Assert.ThrowsAsync<EventStoreUnavailableException>(
                () => store.Events.AppendAsync(stream, ExpectedVersion.Any, new Numbered(1), cancellationToken: Ct).WaitAsync(Patience, Ct));
            Assert.Contains("Maximum Pool Size of the store's own pool is 3", exception.Message, StringComparison.Ordinal);
            Assert.False(exception.OutcomeUnknown);

            // The background work has connections of its own.
            Assert.Empty(await store.Events.Subscriptions.GetBlockingTransactionsAsync(Ct));
        }
        finally
        {
            foreach (var one in open)
                await one.DisposeAsync();
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Inside_the_caller_s_transaction_a_wait_that_ends_leaves_the_transaction_as_it_was(bool isCancelled)
    {
        var stream = await StreamAsync(1);
        await using var holder = await BeginAsync();
        await holder.ScalarAsync($"UPDATE eventstore.streams SET version = version WHERE name = '{stream}'");
        await using var connection = new NpgsqlConnection($"{Database.ConnectionString};Command Timeout={(isCancelled ? 600 : 2)}");
        await connection.OpenAsync(Ct);
        await using var transaction = await connection.BeginTransactionAsync(Ct);
        var inside = Events.WithTransaction(transaction);
        var other = NewStream();
        await inside.AppendAsync(other, ExpectedVersion.Any, new Numbered(1), cancellationToken: Ct);

        using var cancelling = new CancellationTokenSource();
        var append = inside.AppendAsync(stream, ExpectedVersion.Any, new Numbered(2), cancellationToken: cancelling.Token);
        await Database.WaitForLockWaitersAsync(1);
        if (isCancelled)
        {
            await cancelling.CancelAsync();
            var exception = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => append.WaitAsync(Patience, Ct));
            Assert.Equal(cancelling.Token, exception.CancellationToken);
        }
        else
        {
            var exception = await Assert.ThrowsAsync<LockTimeoutException>(() => append.WaitAsync(Patience, Ct));
            Assert.Equal(stream, exception.Stream);
            Assert.NotEmpty(exception.BlockingTransactions);
        }

        await inside.AppendAsync(other, 1, new Numbered(2), cancellationToken: Ct);
        await transaction.CommitAsync(Ct);
        await holder.Transaction.RollbackAsync(Ct);
        await AssertNumbersAsync(other, 1, 2);
        await AssertNumbersAsync(stream, 1);
    }

    [Theory]
    [InlineData("delete", false)]
    [InlineData("delete", true)]
    [InlineData("truncate", false)]
    [InlineData("truncate", true)]
    [InlineData("snapshot", true)]
    public async Task Inside_the_caller_s_transaction_a_write_of_any_kind_that_waits_in_vain_leaves_the_transaction_as_it_was(string what, bool isCancelled)
    {
        var stream = await StreamAsync(2);
        await Events.Snapshots.RecordAsync(NewSnapshot(1), Ct);
        await using var holder = await BeginAsync();
        await holder.ScalarAsync($"UPDATE eventstore.streams SET version = version WHERE name = '{stream}'");
        await holder.ScalarAsync($"UPDATE eventstore.snapshots SET version = version WHERE source = '{stream}'");
        await using var connection = new NpgsqlConnection($"{Database.ConnectionString};Command Timeout={(isCancelled ? 600 : 2)}");
        await connection.OpenAsync(Ct);
        await using var transaction = await connection.BeginTransactionAsync(Ct);
        var inside = Events.WithTransaction(transaction);
        using var cancelling = new CancellationTokenSource();
        Task waiting = what switch
        {
            "delete" => inside.Streams.DeleteAsync(stream, ExpectedVersion.Any, cancelling.Token),
            "truncate" => inside.Streams.TruncateAsync(stream, 2, cancelling.Token),
            _ => inside.Snapshots.RecordAsync(NewSnapshot(2), cancelling.Token),
        };
        await Database.WaitForLockWaitersAsync(1);
        if (isCancelled)
        {
            await cancelling.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting.WaitAsync(Patience, Ct));
        }
        else
        {
            Assert.Equal(stream, (await Assert.ThrowsAsync<LockTimeoutException>(() => waiting.WaitAsync(Patience, Ct))).Stream);
        }

        var other = NewStream();
        await inside.AppendAsync(other, ExpectedVersion.Any, new Numbered(1), cancellationToken: Ct);
        await transaction.CommitAsync(Ct);
        await holder.Transaction.RollbackAsync(Ct);
        await AssertNumbersAsync(other, 1);
        await AssertNumbersAsync(stream, 1, 2);

        Snapshot NewSnapshot(long version) => new() { Source = stream, Type = "sum", Version = version, Payload = "1"u8.ToArray() };
    }

    [Fact]
    public async Task A_transaction_that_has_failed_before_is_named_as_the_reason()
    {
        await using var connection = new NpgsqlConnection(Database.ConnectionString);
        await connection.OpenAsync(Ct);
        await using var transaction = await connection.BeginTransactionAsync(Ct);
        await using (var failing = new NpgsqlCommand("SELECT 1 / 0", connection))
            await Assert.ThrowsAsync<PostgresException>(() => failing.ExecuteNonQueryAsync(Ct));

        var inside = Events.WithTransaction(transaction);
        foreach (var call in (Func<Task>[])
        [
            () => inside.AppendAsync(NewStream(), ExpectedVersion.Any, new Numbered(1), cancellationToken: Ct),
            () => inside.Streams.DeleteAsync("stream", ExpectedVersion.Any, Ct),
            async () => await inside.ReadStreamAsync("stream", cancellationToken: Ct).ToListAsync(Ct),
        ])
        {
            var refused = await Assert.ThrowsAsync<EventStoreUnavailableException>(call);
            Assert.Contains("An earlier statement of the transaction has failed", refused.Message, StringComparison.Ordinal);
            Assert.False(refused.OutcomeUnknown);
        }
    }

    [Fact]
    public async Task A_server_process_that_is_ended_after_the_append_was_sent_leaves_the_outcome_unknown()
    {
        Assert.SkipWhen(Fixture.IsPooled, "a pool hides the end of a server process");
        await using var store = NewStore(Database.ConnectionString, retries: 0);
        var stream = await StreamAsync(1);
        await using var holder = await BeginAsync();
        await holder.ScalarAsync($"UPDATE eventstore.streams SET version = version WHERE name = '{stream}'");
        var append = store.Events.AppendAsync(stream, ExpectedVersion.Any, new Numbered(2), cancellationToken: Ct);
        await Database.WaitForLockWaitersAsync(1);

        // Again and again, because between two turns nobody waits at the server.
        while (!append.IsCompleted)
        {
            await Database.ScalarAsync<long>(
                "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity, pg_sleep(0.002) WHERE datname = current_database() AND wait_event_type = 'Lock'");
        }

        var exception = await Assert.ThrowsAsync<EventStoreUnavailableException>(() => append.WaitAsync(Patience, Ct));
        Assert.True(exception.OutcomeUnknown);
        Assert.Contains("ended the connection", exception.Message, StringComparison.Ordinal);
        Assert.Contains("unknown", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Background_work_in_a_pool_that_the_application_shares_keeps_its_connections_when_the_application_uses_up_the_others()
    {
        await using var source = NpgsqlDataSource.Create($"{Database.ConnectionString};Maximum Pool Size=8;Timeout=1");
        await using var store = new TestStore(builder => builder.UsePostgreSql(source, options => options.Notifications = options.PreparedStatements = !Fixture.IsPooled));
        Assert.Empty(await store.Events.Subscriptions.GetBlockingTransactionsAsync(Ct));
        var open = new List<NpgsqlConnection>();
        try
        {
            for (var index = 0; index < 7; index++)
                open.Add(await source.OpenConnectionAsync(Ct));

            await Assert.ThrowsAsync<NpgsqlException>(async () => await source.OpenConnectionAsync(Ct));
            Assert.Empty(await store.Events.Subscriptions.GetBlockingTransactionsAsync(Ct));
        }
        finally
        {
            foreach (var one in open)
                await one.DisposeAsync();
        }
    }

    private TestStore NewStore(string connectionString, int retries = 1) => Fixture.CreateStore(connectionString, builder => builder.Configure(options =>
    {
        options.MaxRetryAttempts = retries;
        options.RetryDelay = TimeSpan.FromMilliseconds(1);
    }));
}
