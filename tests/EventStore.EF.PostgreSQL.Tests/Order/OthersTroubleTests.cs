using System.Data;
using EventStore.EF.Storage;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace EventStore.EF.PostgreSQL.Tests.Order;

/// <summary>
/// What others do wrong tells nothing about positions: what a reader knows of them outlives conflicts, cancelled statements, time-outs and
/// duplicates on any connection, and only a broken connection voids it.
/// </summary>
public sealed class OthersTroubleTests(PostgreSqlFixture fixture) : OwnDatabaseSpecification(fixture), IClassFixture<PostgreSqlFixture>
{
    private long Incarnation => Storage.Incarnation;

    private IStorage Storage => Store.Host.Services.GetRequiredService<IStorage>();

    [Theory]
    [InlineData(IsolationLevel.RepeatableRead)]
    [InlineData(IsolationLevel.Serializable)]
    public async Task A_conflict_of_a_caller_s_transaction_voids_nothing(IsolationLevel isolation)
    {
        var stream = NewStream();
        await Events.AppendAsync(stream, ExpectedVersion.Any, new Numbered(1), cancellationToken: Ct);
        await AssertNothingIsVoidAsync(async () =>
        {
            await using var caller = await Database.OpenAsync();
            await using var transaction = await caller.BeginTransactionAsync(isolation, Ct);
            var store = Events.WithTransaction(transaction);
            Assert.NotNull(await store.Streams.FindAsync(stream, Ct));
            await Events.AppendAsync(stream, ExpectedVersion.Any, new Numbered(2), cancellationToken: Ct);
            await Assert.ThrowsAsync<TransactionConflictException>(() => store.AppendAsync(stream, ExpectedVersion.Any, new Numbered(3), cancellationToken: Ct));
        });
    }

    [Fact]
    public async Task A_cancelled_call_voids_nothing()
    {
        var stream = NewStream();
        await using var open = await OpenTransaction.BeginAsync(Database.ConnectionString);
        await open.AppendAsync(stream, 1);
        await AssertNothingIsVoidAsync(async () =>
        {
            foreach (var number in Enumerable.Range(0, 3))
            {
                using var cancelling = CancellationTokenSource.CreateLinkedTokenSource(Ct);
                await using var caller = await Database.OpenAsync();
                await using var transaction = await caller.BeginTransactionAsync(Ct);
                var waiting = Events.WithTransaction(transaction).AppendAsync(stream, ExpectedVersion.Any, new Numbered(number), cancellationToken: cancelling.Token);
                await Database.WaitForStateAsync("wait_event_type = 'Lock'");
                await cancelling.CancelAsync();
                await Assert.ThrowsAnyAsync<Exception>(() => waiting);
            }
        });
    }

    [Theory]
    [InlineData("SET LOCAL statement_timeout = 20")]
    [InlineData("SET LOCAL lock_timeout = 20")]
    public async Task A_time_out_of_the_server_s_voids_nothing(string setting)
    {
        var stream = NewStream();
        await using var open = await OpenTransaction.BeginAsync(Database.ConnectionString);
        await open.AppendAsync(stream, 1);
        await AssertNothingIsVoidAsync(async () =>
        {
            await using var caller = await Database.OpenAsync();
            await using var transaction = await caller.BeginTransactionAsync(Ct);
            await using (var set = caller.CreateCommand())
            {
                set.CommandText = setting;
                await set.ExecuteNonQueryAsync(Ct);
            }

            await Assert.ThrowsAnyAsync<Exception>(() => Events.WithTransaction(transaction).AppendAsync(stream, ExpectedVersion.Any, new Numbered(2), cancellationToken: Ct));
        });
    }

    [Fact]
    public async Task A_command_time_out_voids_nothing()
    {
        var stream = NewStream();
        await using var open = await OpenTransaction.BeginAsync(Database.ConnectionString);
        await open.AppendAsync(stream, 1);
        await AssertNothingIsVoidAsync(async () =>
        {
            var impatient = new NpgsqlConnectionStringBuilder(Database.ConnectionString) { CommandTimeout = 1 }.ConnectionString;
            await using var caller = new NpgsqlConnection(impatient);
            await caller.OpenAsync(Ct);
            await using var transaction = await caller.BeginTransactionAsync(Ct);
            await Assert.ThrowsAnyAsync<Exception>(() => Events.WithTransaction(transaction).AppendAsync(stream, ExpectedVersion.Any, new Numbered(2), cancellationToken: Ct));
        });
    }

    [Fact]
    public async Task A_deadlock_and_a_duplicate_void_nothing()
    {
        var id = Guid.CreateVersion7();
        await Events.AppendManyAsync(NewStream(), ExpectedVersion.Any, [new NewEvent(new Numbered(1)) { EventId = id }], Ct);
        await AssertNothingIsVoidAsync(async () =>
        {
            await Assert.ThrowsAsync<DuplicateEventException>(
                () => Events.AppendManyAsync(NewStream(), ExpectedVersion.Any, [new NewEvent(new Numbered(2)) { EventId = id }], Ct));
            var deadlock = new PostgresException("", "ERROR", "ERROR", PostgresErrorCodes.DeadlockDetected);
            Assert.Equal(StorageFailure.Conflict, Storage.Classify(deadlock));
        });
    }

    [Fact]
    public async Task A_broken_connection_voids_what_was_known()
    {
        var before = Incarnation;
        Storage.Classify(new NpgsqlException("Exception while reading from stream", new IOException()));
        Assert.Equal(before + 1, Incarnation);
        await Events.AppendAsync(NewStream(), ExpectedVersion.Any, new Numbered(1), cancellationToken: Ct);
        Assert.Single(await ReadAllAsync());
    }

    /// <summary>With something known of positions, and still known after it.</summary>
    private async Task AssertNothingIsVoidAsync(Func<Task> trouble)
    {
        await Events.AppendAsync(NewStream(), ExpectedVersion.Any, new Numbered(0), cancellationToken: Ct);
        await Storage.ReadSettledAsync(Ct);
        var before = Incarnation;
        await trouble();
        Assert.Equal(before, Incarnation);
    }
}
