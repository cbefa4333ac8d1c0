using Npgsql;

namespace EventStore.EF.PostgreSQL.Tests.Order;

/// <summary>Advisory locks have no rights: a login without any right on the schema can take the store's lock. It is named as what it is.</summary>
public sealed class StrangerTests(PostgreSqlFixture fixture) : OwnDatabaseSpecification(fixture), IClassFixture<PostgreSqlFixture>
{
    private readonly string _role = $"stranger_{Guid.NewGuid():N}"[..20];

    /// <inheritdoc/>
    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        Assert.SkipWhen(Fixture.IsPooled, "a pool doesn't hand on who connects");
        await Database.ExecuteAsync($"CREATE ROLE {_role} LOGIN PASSWORD '{new NpgsqlConnectionStringBuilder(Database.ConnectionString).Password}'");
    }

    /// <inheritdoc/>
    public override async ValueTask DisposeAsync()
    {
        if (!Fixture.IsPooled && Fixture.Unavailable is null)
            await Database.ExecuteAsync($"DROP ROLE {_role}");

        await base.DisposeAsync();
    }

    /// <summary>The lock of a position has the last one assigned for its key: 1.</summary>
    [Theory]
    [InlineData("events", "pg_advisory_lock(oid::int, 1)")]
    [InlineData("events", "pg_advisory_lock(oid::int, 1), pg_advisory_lock(oid::int, 1)")]
    [InlineData("store_info", "pg_advisory_lock(oid::int, 1)")]
    public async Task A_session_that_holds_a_lock_of_the_store_s_and_is_no_appender_is_named(string table, string takes)
    {
        await Events.AppendAsync("order-1", ExpectedVersion.NoStream, new Numbered(1), cancellationToken: Ct);
        await using var stranger = await ConnectAsync(takes, table);
        await using var store = Fixture.CreateStore($"{Database.ConnectionString};Command Timeout=2");
        var refused = await Assert.ThrowsAsync<LockTimeoutException>(
            () => store.Events.AppendAsync("order-1", ExpectedVersion.Any, new Numbered(2), cancellationToken: Ct));
        AssertIsNamed(Assert.Single(refused.BlockingTransactions), stranger);
        foreach (var part in (string[])[$"server process {stranger.ProcessID}", $"role '{_role}'", "no appender"])
            Assert.Contains(part, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_that_waits_for_the_store_s_lock_and_stops_the_appends_behind_it_is_named()
    {
        await Events.AppendAsync("order-1", ExpectedVersion.NoStream, new Numbered(1), cancellationToken: Ct);
        await using var open = await OpenTransaction.BeginAsync(Database.ConnectionString);
        await open.AppendAsync("order-2", 2);
        await using var stranger = await ConnectAsync("1");
        await using var wait = new NpgsqlCommand("SELECT pg_advisory_lock(oid::int, 1) FROM pg_class WHERE relname = 'events' AND relkind = 'r'", stranger);
        var waiting = wait.ExecuteNonQueryAsync(Ct);
        await Database.WaitForStateAsync("wait_event = 'advisory'");
        await using var store = Fixture.CreateStore($"{Database.ConnectionString};Command Timeout=2");
        var refused = await Assert.ThrowsAsync<LockTimeoutException>(
            () => store.Events.AppendAsync("order-1", ExpectedVersion.Any, new Numbered(2), cancellationToken: Ct));
        AssertIsNamed(Assert.Single(refused.BlockingTransactions), stranger);
        await open.RollbackAsync();
        await waiting;
    }

    [Theory]
    [InlineData("events")]
    [InlineData("store_info")]
    public async Task Inside_the_caller_s_transaction_it_is_named_too(string table)
    {
        await Events.AppendAsync("order-1", ExpectedVersion.NoStream, new Numbered(1), cancellationToken: Ct);
        await using var stranger = await ConnectAsync("pg_advisory_lock(oid::int, 1)", table);
        await using var connection = new NpgsqlConnection($"{Database.ConnectionString};Command Timeout=2");
        await connection.OpenAsync(Ct);
        await using var transaction = await connection.BeginTransactionAsync(Ct);
        var refused = await Assert.ThrowsAsync<LockTimeoutException>(
            () => Events.WithTransaction(transaction).AppendAsync("order-1", ExpectedVersion.Any, new Numbered(2), cancellationToken: Ct));
        AssertIsNamed(Assert.Single(refused.BlockingTransactions), stranger);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task One_that_shares_the_lock_and_keeps_what_follows_a_gap_from_readers_is_named_in_a_warning(bool hasYoungTransaction)
    {
        await Events.AppendAsync("order-1", ExpectedVersion.NoStream, new Numbered(1), cancellationToken: Ct);
        await using var stranger = await ConnectAsync("pg_advisory_lock_shared(oid::int, 1)");
        await using (var undone = await OpenTransaction.BeginAsync(Database.ConnectionString))
        {
            await undone.AppendAsync("order-2", 2);
            await undone.RollbackAsync();
        }

        await Events.AppendAsync("order-1", 1, new Numbered(3), cancellationToken: Ct);
        if (hasYoungTransaction)
        {
            // The lock is the session's, and older than the transaction.
            await using var begin = new NpgsqlCommand("BEGIN; SELECT 1", stranger);
            await begin.ExecuteNonQueryAsync(Ct);
        }

        await using var subscription = await Events.SubscribeTransientAsync(new() { Start = SubscriptionStart.Origin }, Ct);
        Assert.Single(await subscription.HandleAsync(1));
        var warning = await Store.Log.WaitForAsync(line => line.Message.Contains("no appender", StringComparison.Ordinal), Ct);
        Assert.Contains($"server process {stranger.ProcessID} of role '{_role}'", warning.Message, StringComparison.Ordinal);
        AssertIsNamed(Assert.Single(await Events.Subscriptions.GetBlockingTransactionsAsync(Ct)), stranger);

        await stranger.CloseAsync();
        Assert.Single(await subscription.HandleAsync(1));
    }

    private void AssertIsNamed(BlockingTransaction named, NpgsqlConnection stranger)
        => Assert.Equal((stranger.ProcessID, _role, false), (named.SessionId, named.Role, named.IsAppender));

    private async Task<NpgsqlConnection> ConnectAsync(string takes, string table = "events")
    {
        var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(Database.ConnectionString) { Username = _role, Pooling = false }.ConnectionString);
        await connection.OpenAsync(Ct);
        await using var take = new NpgsqlCommand($"SELECT {takes} FROM pg_class WHERE relname = '{table}' AND relkind = 'r'", connection);
        await take.ExecuteNonQueryAsync(Ct);
        return connection;
    }
}
