namespace EventStore.EF.Sqlite.Tests.Transactions;

/// <summary>A deferred transaction looks at the file as it was at its first read, and can't write any more when somebody else has written since.</summary>
public sealed class DeferredTransactionTests(SqliteFixture fixture) : SqliteSpecification(fixture)
{
    [Fact]
    public async Task Writing_after_somebody_else_has_written_is_a_conflict_of_the_transaction()
    {
        await using var removing = CreateRemovingStore();
        var stream = await StreamAsync(2);
        var events = await ReadAsync(stream);
        Func<ITransactionalEventStore, Task>[] writes =
        [
            store => store.AppendAsync(stream, ExpectedVersion.Any, new Numbered(3), cancellationToken: Ct),
            store => store.AppendAsync(stream, 1, new Numbered(3), cancellationToken: Ct),
            store => store.AppendManyAsync([new(stream, 2, Numbered(1)), StreamAppend.Condition(NewStream(), ExpectedVersion.NoStream)], Ct),
            store => store.LinkAsync(NewStream(), ExpectedVersion.NoStream, events, Ct),
            store => store.LinkAsync(NewStream(), ExpectedVersion.NoStream, [Guid.NewGuid()], Ct),
            store => store.Streams.DeleteAsync(stream, 2, Ct),
            store => store.Streams.DeleteAsync(NewStream(), ExpectedVersion.Any, Ct),
            store => store.Streams.UndeleteAsync(stream, Ct),
            store => store.Streams.HardDeleteAsync(stream, 2, Ct),
            store => store.Streams.TruncateAsync(stream, 2, Ct),
            store => store.Snapshots.RecordAsync(new() { Source = stream, Type = "sum", Version = 2, Payload = "1"u8.ToArray() }, Ct),
        ];

        // Some of it is left to Microsoft.Data.Sqlite, which tries again until the time is over, though that doesn't help.
        await using var connection = await ConnectAsync("Default Timeout=1");
        foreach (var write in writes)
        {
            await using var transaction = connection.BeginTransaction(deferred: true);
            var store = removing.Events.WithTransaction(transaction);
            Assert.Equal(2, (await ToListAsync(store.ReadStreamAsync(stream, cancellationToken: Ct))).Count);
            await StreamAsync(1);

            var before = await Database.ContentAsync();
            await Assert.ThrowsAsync<TransactionConflictException>(() => write(store));
            Assert.Equal(2, (await ToListAsync(store.ReadStreamAsync(stream, cancellationToken: Ct))).Count);
            await transaction.CommitAsync(Ct);
            Assert.Equal(before, await Database.ContentAsync());
        }

        await using (var again = connection.BeginTransaction(deferred: true))
        {
            await removing.Events.WithTransaction(again).AppendAsync(stream, 2, new Numbered(3), cancellationToken: Ct);
            await again.CommitAsync(Ct);
        }

        await AssertNumbersAsync(stream, 1, 2, 3);
    }

    [Fact]
    public async Task A_refusal_tells_the_newest_state()
    {
        var stream = await StreamAsync(2);
        await using var connection = await ConnectAsync();
        await using var transaction = connection.BeginTransaction(deferred: true);
        var store = Events.WithTransaction(transaction);

        var conflict = await Assert.ThrowsAsync<WrongExpectedVersionException>(() => store.AppendAsync(stream, 1, new Numbered(3), cancellationToken: Ct));
        Assert.Equal(2, conflict.Actual);
        await store.AppendAsync(stream, conflict.Actual, new Numbered(3), cancellationToken: Ct);
        await transaction.CommitAsync(Ct);
        await AssertNumbersAsync(stream, 1, 2, 3);
    }

    [Fact]
    public async Task A_write_waits_for_another_transaction_as_long_as_the_connection_says()
    {
        var stream = await StreamAsync(1);
        await using var holder = await ConnectAsync();
        await using var holding = holder.BeginTransaction();
        await using var patient = await ConnectAsync();
        await using (var impatient = await ConnectAsync("Default Timeout=1"))
        {
            await using var refused = impatient.BeginTransaction(deferred: true);
            await Assert.ThrowsAsync<LockTimeoutException>(
                () => Events.WithTransaction(refused).AppendAsync(stream, 1, new Numbered(2), cancellationToken: Ct));
        }

        await using var transaction = patient.BeginTransaction(deferred: true);
        var append = Events.WithTransaction(transaction).AppendAsync(stream, 1, new Numbered(2), cancellationToken: Ct);
        Assert.False(append.IsCompleted);
        await holding.RollbackAsync(Ct);
        await append;
        await transaction.CommitAsync(Ct);
        await AssertNumbersAsync(stream, 1, 2);
    }

    [Fact]
    public async Task A_transaction_that_SQLite_has_rolled_back_is_over()
    {
        var stream = NewStream();
        await using var connection = await ConnectAsync();
        await using var transaction = connection.BeginTransaction();
        var store = Events.WithTransaction(transaction);
        Run(connection, "ROLLBACK", transaction);

        await Assert.ThrowsAsync<InvalidOperationException>(() => store.AppendAsync(stream, ExpectedVersion.Any, new Numbered(1), cancellationToken: Ct));
        Assert.Null(await Events.Streams.FindAsync(stream, Ct));
    }

    [Fact]
    public async Task The_caller_s_connection_keeps_its_settings()
    {
        await using var connection = await ConnectAsync();
        Run(connection, "PRAGMA busy_timeout = 77; PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = OFF");
        await using (var transaction = connection.BeginTransaction())
        {
            var store = Events.WithTransaction(transaction);
            var stream = NewStream();
            await store.AppendAsync(stream, ExpectedVersion.Any, new Numbered(1), cancellationToken: Ct);
            Assert.Equal(1, (await store.Streams.FindAsync(stream, Ct))!.Version);
            await transaction.CommitAsync(Ct);
        }

        Assert.Equal((77L, 1L, 0L), (Run(connection, "PRAGMA busy_timeout"), Run(connection, "PRAGMA synchronous"), Run(connection, "PRAGMA foreign_keys")));
    }
}
