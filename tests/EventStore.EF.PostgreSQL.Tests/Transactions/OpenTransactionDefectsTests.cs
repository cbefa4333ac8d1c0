namespace EventStore.EF.PostgreSQL.Tests.Transactions;

/// <summary>
/// A defect of the system that this one re-implements, numbered as there, which may not come back: one open transaction of a caller's with
/// an append in it blocked every other append in the store, and two of them were in a deadlock.
/// </summary>
public sealed class OpenTransactionDefectsTests(PostgreSqlFixture fixture) : TransactionSuite(fixture), IClassFixture<PostgreSqlFixture>
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(false, false)]
    public async Task Defect_9_an_open_transaction_that_appended_blocks_no_append_to_other_streams_not_even_through_a_group(bool isNew, bool commits)
    {
        const int others = 50;
        var locked = isNew ? NewStream("locked") : await StreamAsync(1);
        StreamName[] streams = [.. await Task.WhenAll(Enumerable.Range(0, others).Select(index => index % 2 == 0 ? Task.FromResult(NewStream()) : StreamAsync(1)))];
        await using var caller = await BeginAsync();
        var inside = await Events.WithTransaction(caller.Transaction).AppendAsync(locked, ExpectedVersion.Any, new Numbered(50), cancellationToken: Ct);

        // Every eleventh goes to the locked stream, the first of all among them.
        List<Task<AppendResult>> free = [], waiting = [];
        for (var index = 0; index < others; index++)
        {
            if (index % 11 == 0)
                waiting.Add(Events.AppendAsync(locked, ExpectedVersion.Any, new Numbered(100 + index), cancellationToken: Ct));

            free.Add(Events.AppendAsync(streams[index], index % 2, new Numbered(index), cancellationToken: Ct));
        }

        var results = await Task.WhenAll(free).WaitAsync(Patience, Ct);
        Assert.Equal(Enumerable.Range(0, others).Select(index => 1 + (index % 2)), results.Select(result => (int)result.StreamVersion));
        await Database.WaitForLockWaitersAsync(1);
        Assert.All(waiting, append => Assert.False(append.IsCompleted));
        if (commits)
            await caller.Transaction.CommitAsync(Ct);
        else
            await caller.Transaction.RollbackAsync(Ct);

        var last = inside.StreamVersion - (commits ? 0 : 1);
        Assert.Equal(
            Enumerable.Range(1, waiting.Count).Select(number => last + number),
            (await Task.WhenAll(waiting).WaitAsync(Patience, Ct)).Select(result => result.StreamVersion).Order());
        Assert.Equal(last + waiting.Count, (await ReadAsync(locked)).Count);
    }

    [Fact]
    public async Task Defect_9_many_open_transactions_block_nobody_but_those_who_append_to_their_streams()
    {
        var callers = new List<CallersTransaction>();
        var waiting = new List<Task<AppendResult>>();
        try
        {
            for (var index = 0; index < 5; index++)
            {
                var caller = await BeginAsync();
                callers.Add(caller);
                var locked = index % 2 == 0 ? NewStream() : await StreamAsync(1);
                await Events.WithTransaction(caller.Transaction).AppendAsync(locked, ExpectedVersion.Any, new Numbered(0), cancellationToken: Ct).WaitAsync(Patience, Ct);
                waiting.AddRange(Enumerable.Range(1, 3).Select(number => Events.AppendAsync(locked, ExpectedVersion.StreamExists, new Numbered(number), cancellationToken: Ct)));
            }

            var outcomes = await AtOnceAsync(40, async index => index % 4 == 0
                ? (await Events.AppendManyAsync([new(NewStream(), ExpectedVersion.NoStream, Numbered(1)), new(NewStream(), ExpectedVersion.NoStream, Numbered(1))], Ct).WaitAsync(Patience, Ct))[0]
                : await Events.AppendAsync(NewStream(), ExpectedVersion.NoStream, new Numbered(index), cancellationToken: Ct).WaitAsync(Patience, Ct));
            Assert.All(outcomes, outcome => Assert.Null(outcome.Exception));

            // StreamExists of a stream that only the open transaction has is refused, and waits for nobody.
            Assert.All(waiting.Where(append => append.IsCompleted), append => Assert.IsType<StreamNotFoundException>(append.Exception!.InnerException));
            foreach (var caller in callers)
                await caller.Transaction.CommitAsync(Ct);

            await Task.WhenAll(waiting.Select(append => append.ContinueWith(_ => { }, Ct, TaskContinuationOptions.None, TaskScheduler.Default))).WaitAsync(Patience, Ct);
            Assert.True(waiting.Count(append => append.IsCompletedSuccessfully) >= 6);
        }
        finally
        {
            foreach (var caller in callers)
                await caller.DisposeAsync();
        }
    }

    [Fact]
    public async Task Defect_9_an_open_transaction_over_more_streams_than_the_pool_has_connections_blocks_no_other()
    {
        const int pool = 6;
        await using var small = Fixture.CreateStore($"{Database.ConnectionString};Maximum Pool Size={pool};Timeout=60");
        StreamName[] locked = [.. Enumerable.Range(0, 3 * pool).Select(_ => NewStream("locked"))];
        await using var caller = await BeginAsync();
        await Events.WithTransaction(caller.Transaction).AppendManyAsync([.. locked.Select(stream => new StreamAppend(stream, ExpectedVersion.Any, Numbered(1)))], Ct);

        var waiting = locked.Select(stream => small.Events.AppendAsync(stream, ExpectedVersion.Any, new Numbered(2), cancellationToken: Ct)).ToArray();
        await Database.WaitForLockWaitersAsync(2);
        var outcomes = await AtOnceAsync(40, index => small.Events.AppendAsync(NewStream(), ExpectedVersion.NoStream, new Numbered(index), cancellationToken: Ct).WaitAsync(Patience, Ct));
        Assert.All(outcomes, outcome => Assert.Null(outcome.Exception));
        Assert.All(waiting, append => Assert.False(append.IsCompleted));
        await caller.Transaction.CommitAsync(Ct);
        Assert.All(await Task.WhenAll(waiting).WaitAsync(Patience, Ct), result => Assert.Equal(2, result.StreamVersion));
    }

    [Fact]
    public async Task Defect_9_an_open_transaction_that_linked_blocks_no_append_to_the_events_own_stream()
    {
        var source = await StreamAsync(2);
        await using var caller = await BeginAsync();
        await Events.WithTransaction(caller.Transaction).LinkAsync(NewStream(), ExpectedVersion.Any, await ReadAsync(source), Ct);
        Assert.Equal(3, (await Events.AppendAsync(source, 2, new Numbered(3), cancellationToken: Ct).WaitAsync(Patience, Ct)).StreamVersion);
        Assert.Equal(1, (await Events.LinkAsync(NewStream(), ExpectedVersion.Any, await ReadAsync(source, new() { MaxCount = 1 }), Ct).WaitAsync(Patience, Ct)).StreamVersion);
        await caller.Transaction.CommitAsync(Ct);
    }

    [Fact]
    public async Task Defect_9_of_two_transactions_over_two_streams_in_opposite_order_one_succeeds_and_the_other_may_be_repeated()
    {
        var (first, second) = (await StreamAsync(1), await StreamAsync(1));
        await using var one = await BeginAsync();
        await using var other = await BeginAsync();
        var (inOne, inOther) = (Events.WithTransaction(one.Transaction), Events.WithTransaction(other.Transaction));
        await inOne.AppendAsync(first, 1, new Numbered(2), cancellationToken: Ct);
        await inOther.AppendAsync(second, 1, new Numbered(2), cancellationToken: Ct);
        var waiting = inOne.AppendAsync(second, ExpectedVersion.Any, new Numbered(3), cancellationToken: Ct);
        await Database.WaitForLockWaitersAsync(1);
        var closing = inOther.AppendAsync(first, ExpectedVersion.Any, new Numbered(3), cancellationToken: Ct);

        var refused = await Task.WhenAny(waiting, closing).WaitAsync(Patience, Ct);
        var exception = await Assert.ThrowsAsync<TransactionConflictException>(() => refused);
        Assert.Equal(refused == waiting ? second : first, exception.Stream);
        var (lost, won, granted) = refused == waiting ? (one, other, closing) : (other, one, waiting);
        await lost.Transaction.RollbackAsync(Ct);
        Assert.Equal(2, (await granted.WaitAsync(Patience, Ct)).StreamVersion);
        await won.Transaction.CommitAsync(Ct);

        await using var again = await BeginAsync();
        var inAgain = Events.WithTransaction(again.Transaction);
        await inAgain.AppendAsync(first, 2, new Numbered(4), cancellationToken: Ct);
        await inAgain.AppendAsync(second, 2, new Numbered(4), cancellationToken: Ct);
        await again.Transaction.CommitAsync(Ct);
        await AssertNumbersAsync(first, refused == waiting ? [1, 3, 4] : [1, 2, 4]);
        await AssertNumbersAsync(second, refused == waiting ? [1, 2, 4] : [1, 3, 4]);
    }
}
