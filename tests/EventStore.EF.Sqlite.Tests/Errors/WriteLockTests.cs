using System.Diagnostics;

namespace EventStore.EF.Sqlite.Tests.Errors;

/// <summary>A wait for the file's write lock ends once, in time, with true words, and can be cancelled.</summary>
public sealed class WriteLockTests(SqliteFixture fixture) : SqliteSpecification(fixture)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(1);

    /// <summary>Much less than the repetitions would take, and much more than a busy machine needs.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task An_append_past_the_caller_s_own_open_transaction_fails_after_the_Default_Timeout_and_names_WithTransaction()
    {
        await using var store = NewStore("Default Timeout=1");
        var (stream, inside) = (NewStream(), NewStream());
        await using var caller = await ConnectAsync();
        await using var transaction = caller.BeginTransaction();
        await store.Events.WithTransaction(transaction).AppendAsync(inside, ExpectedVersion.Any, new Numbered(1), cancellationToken: Ct);

        var began = Stopwatch.GetTimestamp();
        var exception = await Assert.ThrowsAsync<LockTimeoutException>(
            () => store.Events.AppendAsync(stream, ExpectedVersion.Any, new Numbered(1), cancellationToken: Ct).WaitAsync(Patience, Ct));
        Assert.InRange(Stopwatch.GetElapsedTime(began), Limit, Patience);
        Assert.InRange(exception.Waited!.Value, Limit, Patience);
        Assert.Equal(stream, exception.Stream);
        Assert.Empty(exception.BlockingTransactions);
        Assert.Contains("WithTransaction", exception.Message, StringComparison.Ordinal);
        Assert.Contains("transaction of your own", exception.Message, StringComparison.Ordinal);
        Assert.Contains(caller.DataSource, exception.Message, StringComparison.Ordinal);
        Assert.Contains("Nothing was written", exception.Message, StringComparison.Ordinal);

        await transaction.CommitAsync(Ct);
        Assert.Null(await Events.Streams.FindAsync(stream, Ct));
        await AssertNumbersAsync(inside, 1);
        await store.Events.AppendAsync(stream, ExpectedVersion.NoStream, new Numbered(1), cancellationToken: Ct);
    }

    [Fact]
    public async Task Writes_that_queue_up_behind_each_other_wait_no_longer_than_the_Default_Timeout()
    {
        await using var store = NewStore("Default Timeout=1");
        await using var holder = await ConnectAsync();
        await using var holding = holder.BeginTransaction();

        // Each is too large to be written together with another: one after the other would take 20 s.
        var began = Stopwatch.GetTimestamp();
        var appends = Enumerable.Range(0, 20)
            .Select(_ => store.Events.AppendManyAsync(NewStream(), ExpectedVersion.Any, Numbered(1500), Ct)).ToList();
        foreach (var append in appends)
            await Assert.ThrowsAsync<LockTimeoutException>(() => append.WaitAsync(Patience, Ct));

        Assert.InRange(Stopwatch.GetElapsedTime(began), Limit, Limit * 10);
    }

    [Fact]
    public async Task Every_write_waits_for_the_lock_once_and_without_a_thread()
    {
        await using var store = NewStore("Default Timeout=1");
        var writes = await WritesAsync();
        await using var holder = await ConnectAsync();
        await using var holding = holder.BeginTransaction();
        var before = await Database.ContentAsync();

        var running = writes.Select(write => write(store.Events, Ct))
            .Append(store.Events.Subscriptions.PauseAsync("nobody", cancellationToken: Ct))
            .Append(store.Events.Subscriptions.DeleteAsync("nobody", cancellationToken: Ct)).ToList();
        Assert.All(running, write => Assert.False(write.IsCompleted));
        foreach (var write in running)
        {
            var exception = await Assert.ThrowsAsync<LockTimeoutException>(() => write.WaitAsync(Patience, Ct));
            Assert.NotNull(exception.Waited);
        }

        await holding.RollbackAsync(Ct);
        Assert.Equal(before, await Database.ContentAsync());
    }

    [Fact]
    public async Task Every_write_that_waits_for_the_lock_can_be_cancelled()
    {
        await using var store = NewStore("Default Timeout=600");
        var writes = await WritesAsync();
        await using var holder = await ConnectAsync();
        await using var holding = holder.BeginTransaction();

        using var cancelling = new CancellationTokenSource();
        var running = writes.Select(write => write(store.Events, cancelling.Token))
            .Append(store.Events.Subscriptions.PauseAsync("nobody", cancellationToken: cancelling.Token)).ToList();
        Assert.All(running, write => Assert.False(write.IsCompleted));
        await cancelling.CancelAsync();
        await AssertCancelledAsync(running, cancelling.Token);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Inside_the_caller_s_transaction_a_wait_that_ends_leaves_the_transaction_as_it_was(bool isCancelled)
    {
        var writes = await WritesAsync();
        await using var holder = await ConnectAsync();
        var holding = holder.BeginTransaction();
        await using var connection = await ConnectAsync($"Default Timeout={(isCancelled ? 600 : 1)}");
        foreach (var write in writes)
        {
            await using var transaction = connection.BeginTransaction(deferred: true);
            await using var removing = CreateRemovingStore();
            var store = removing.Events.WithTransaction(transaction);
            using var cancelling = new CancellationTokenSource();
            var running = write(store, cancelling.Token);
            if (isCancelled)
            {
                Assert.False(running.IsCompleted);
                await cancelling.CancelAsync();
                await AssertCancelledAsync([running], cancelling.Token);
            }
            else
            {
                var exception = await Assert.ThrowsAsync<LockTimeoutException>(() => running.WaitAsync(Patience, Ct));
                Assert.Contains("Nothing was written", exception.Message, StringComparison.Ordinal);
            }

            // Somebody else's commit meanwhile doesn't hurt: the transaction has looked at nothing yet.
            await holding.CommitAsync(Ct);
            var stream = NewStream();
            await store.AppendAsync(stream, ExpectedVersion.NoStream, new Numbered(1), cancellationToken: Ct);
            await transaction.CommitAsync(Ct);
            await AssertNumbersAsync(stream, 1);
            holding = holder.BeginTransaction();
        }

        await holding.DisposeAsync();
    }

    /// <summary>All that writes to a stream, each to one of its own.</summary>
    private async Task<IReadOnlyList<Func<IEventStreams, CancellationToken, Task>>> WritesAsync()
    {
        var source = await StreamAsync(3);
        var events = await ReadAsync(source);
        var deleted = await StreamAsync(1);
        await Events.Streams.DeleteAsync(deleted, ExpectedVersion.Any, Ct);
        return
        [
            (store, ct) => store.AppendAsync(source, ExpectedVersion.Any, new Numbered(4), cancellationToken: ct),
            (store, ct) => store.AppendManyAsync(
                [new(NewStream(), ExpectedVersion.NoStream, Numbered(1)), new(NewStream(), ExpectedVersion.NoStream, Numbered(1))], ct),
            (store, ct) => store.LinkAsync(NewStream(), ExpectedVersion.NoStream, events, ct),
            (store, ct) => store.Streams.DeleteAsync(source, ExpectedVersion.Any, ct),
            (store, ct) => store.Streams.UndeleteAsync(deleted, ct),
            (store, ct) => store.Streams.HardDeleteAsync(source, ExpectedVersion.Any, ct),
            (store, ct) => store.Streams.TruncateAsync(source, 2, ct),
            (store, ct) => store.Snapshots.RecordAsync(new() { Source = source, Type = "sum", Version = 3, Payload = "1"u8.ToArray() }, ct),
            (store, ct) => store.Snapshots.DeleteAsync(source, "sum", ct),
        ];
    }

    private static async Task AssertCancelledAsync(IReadOnlyList<Task> running, CancellationToken ct)
    {
        foreach (var write in running)
        {
            var exception = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => write.WaitAsync(Patience, Ct));
            Assert.Equal(ct, exception.CancellationToken);
        }
    }

    private TestStore NewStore(string more)
        => Fixture.CreateStore($"{Database.ConnectionString};{more}", builder => builder.Configure(options =>
        {
            options.AllowHardDelete = true;
            options.MaxRetryAttempts = 100;
            options.RetryDelay = TimeSpan.FromMilliseconds(1);
        }));
}
