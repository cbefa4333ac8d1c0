using EventStore.EF.PostgreSQL.Append;
using Npgsql;

namespace EventStore.EF.PostgreSQL.Tests.Append;

/// <summary>Writes that wait for somebody's lock delay no one else: they hold a third of the pool at most, and leave their neighbours alone.</summary>
public sealed class LockWaitTests(PostgreSqlFixture fixture) : TransactionSuite(fixture), IClassFixture<PostgreSqlFixture>
{
    private const int Pool = 9;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Writes_that_wait_for_locks_hold_a_third_of_the_pool_and_everything_else_goes_on(bool isNew)
    {
        await using var store = Fixture.CreateStore($"{Database.ConnectionString};Maximum Pool Size={Pool};Timeout=60;Command Timeout=600");
        StreamName[] locked = [.. Enumerable.Range(0, 30).Select(_ => NewStream("locked"))];
        if (!isNew)
            await AppendToAllAsync(Events, locked);

        var free = await StreamAsync(3);
        await using var caller = await BeginAsync();
        await AppendToAllAsync(Events.WithTransaction(caller.Transaction), locked);

        // Of every kind: alone, with a time of its own, linked, together with another stream; and deletions.
        var source = await ReadAsync(free);
        var waiting = locked.Select((stream, index) => (index % 5) switch
        {
            0 => (Task)store.Events.AppendAsync(stream, ExpectedVersion.Any, new Numbered(2), cancellationToken: Ct),
            1 => store.Events.AppendManyAsync([new(stream, ExpectedVersion.Any, Numbered(1)) { CreatedAt = DateTimeOffset.UnixEpoch }], Ct),
            2 => store.Events.LinkAsync(stream, ExpectedVersion.Any, source, Ct),
            3 => store.Events.AppendManyAsync([new(stream, ExpectedVersion.Any, Numbered(1)), new(NewStream(), ExpectedVersion.Any, Numbered(1))], Ct),
            _ => isNew
                ? store.Events.AppendManyAsync(stream, ExpectedVersion.Any, Numbered(40), Ct)
                : store.Events.Streams.DeleteAsync(stream, ExpectedVersion.Any, Ct),
        }).ToArray();
        await Database.WaitForLockWaitersAsync(Pool / 3);

        // More than the rest of the pool, one after the other, while all of them wait.
        for (var round = 0; round < 5; round++)
        {
            var outcomes = await AtOnceAsync(20, async index => index % 2 == 0
                ? (await store.Events.AppendAsync(NewStream(), ExpectedVersion.NoStream, new Numbered(index), cancellationToken: Ct).WaitAsync(Patience, Ct)).StreamVersion
                : (await store.Events.ReadStreamAsync(free, cancellationToken: Ct).ToListAsync(Ct)).Count);
            Assert.All(outcomes, outcome => Assert.Null(outcome.Exception));
            Assert.InRange(await LastingWaitersAsync(), 0, Pool / 3);
        }

        Assert.All(waiting, write => Assert.False(write.IsCompleted));
        await caller.Transaction.CommitAsync(Ct);
        await Task.WhenAll(waiting).WaitAsync(Patience, Ct);
    }

    [Fact]
    public async Task A_write_whose_lock_is_free_goes_while_others_that_came_before_it_still_wait()
    {
        await using var store = Fixture.CreateStore($"{Database.ConnectionString};Maximum Pool Size=3;Timeout=60;Command Timeout=600");
        StreamName[] locked = [NewStream("locked"), NewStream("locked"), NewStream("locked")];
        await AppendToAllAsync(Events, locked);
        await using var longer = await BeginAsync();
        await AppendToAllAsync(Events.WithTransaction(longer.Transaction), locked[..2]);
        await using var shorter = await BeginAsync();
        await AppendToAllAsync(Events.WithTransaction(shorter.Transaction), locked[2..]);

        var waiting = locked.Select(stream => store.Events.AppendAsync(stream, ExpectedVersion.Any, new Numbered(2), cancellationToken: Ct)).ToArray();
        await Database.WaitForLockWaitersAsync(1);
        await shorter.Transaction.CommitAsync(Ct);
        Assert.Equal(3, (await waiting[2].WaitAsync(Patience, Ct)).StreamVersion);
        Assert.All(waiting[..2], append => Assert.False(append.IsCompleted));
        await longer.Transaction.CommitAsync(Ct);
        await Task.WhenAll(waiting).WaitAsync(Patience, Ct);
    }

    [Fact]
    public async Task Whoever_waits_can_be_cancelled_with_or_without_a_connection_and_those_behind_go_on_in_order()
    {
        await using var store = Fixture.CreateStore($"{Database.ConnectionString};Maximum Pool Size=3;Timeout=60;Command Timeout=600");
        StreamName[] locked = [NewStream("locked"), NewStream("locked"), NewStream("locked")];
        await using var caller = await BeginAsync();
        await AppendToAllAsync(Events.WithTransaction(caller.Transaction), locked);

        using var cancelling = new CancellationTokenSource();
        var cancelled = locked.SelectMany(stream => Enumerable.Range(0, 3).Select(_ => store.Events.AppendAsync(stream, ExpectedVersion.Any, new Numbered(2), cancellationToken: cancelling.Token))).ToArray();
        var staying = locked.SelectMany(stream => Enumerable.Range(3, 3).Select(number => store.Events.AppendAsync(stream, ExpectedVersion.Any, new Numbered(number), cancellationToken: Ct))).ToArray();
        await Database.WaitForLockWaitersAsync(1);
        await cancelling.CancelAsync();
        foreach (var append in cancelled)
            Assert.Equal(cancelling.Token, (await Assert.ThrowsAnyAsync<OperationCanceledException>(() => append.WaitAsync(Patience, Ct))).CancellationToken);

        await caller.Transaction.CommitAsync(Ct);
        await Task.WhenAll(staying).WaitAsync(Patience, Ct);
        foreach (var stream in locked)
            await AssertNumbersAsync(stream, 1, 3, 4, 5);
    }

    [Fact]
    public async Task Appends_that_wait_while_another_session_creates_their_stream_are_written_in_order()
    {
        for (var round = 0; round < 20; round++)
        {
            var stream = NewStream();
            await using var caller = await BeginAsync();
            await AppendToAllAsync(Events.WithTransaction(caller.Transaction), [stream]);
            var waiting = Enumerable.Range(2, 4)
                .Select(number => Events.AppendAsync(stream, ExpectedVersion.Any, new Numbered(number), cancellationToken: Ct)).ToArray();
            await Database.WaitForLockWaitersAsync(1);
            await caller.Transaction.CommitAsync(Ct);
            await Task.WhenAll(waiting).WaitAsync(Patience, Ct);
            await AssertNumbersAsync(stream, 1, 2, 3, 4, 5);
        }
    }

    [Fact]
    public async Task A_group_writes_all_but_the_streams_that_others_are_creating_and_says_which_are_not_as_expected()
    {
        StreamName[] busy = [.. Enumerable.Range(0, 10).Select(_ => NewStream("busy"))];
        StreamName[] free = [.. Enumerable.Range(0, 10).Select(_ => NewStream("free"))];
        StreamName[] standing = [await StreamAsync(1), await StreamAsync(2)];
        await using var caller = await BeginAsync();
        await AppendToAllAsync(Events.WithTransaction(caller.Transaction), busy);

        StreamName[] all = [.. busy.Zip(free, (one, other) => new[] { one, other }).SelectMany(pair => pair), .. standing];
        await using var connection = (NpgsqlConnection)await Database.OpenAsync();
        await using var command = new NpgsqlCommand(
            """
            SELECT id, stream_version
            FROM eventstore.append_group(
                $1, array_fill(-1::bigint, ARRAY[20]) || ARRAY[1::bigint, 1], array_fill(1, ARRAY[22]), ARRAY(SELECT generate_series(1, 22)),
                ARRAY(SELECT gen_random_uuid() FROM generate_series(1, 22)), array_fill('specification-numbered'::text, ARRAY[22]), array_fill(1, ARRAY[22]),
                NULL, array_fill('{"number":3}'::json, ARRAY[22]), NULL, NULL, NULL, NULL)
            """,
            connection)
        {
            Parameters = { new() { Value = all.Select(stream => stream.Value).ToArray() } },
        };
        var (written, refused) = (new List<long>(), new List<long>());
        await using (var reader = await command.ExecuteReaderAsync(Ct))
        {
            while (await reader.ReadAsync(Ct))
                (reader.IsDBNull(0) ? refused : written).Add(reader.GetInt64(1));
        }

        Assert.Equal([2, .. Enumerable.Repeat(1L, 10)], written);

        // The last, which is at version 2; and the one before it, which this group itself has taken to 2.
        Assert.Equal([21, 22], refused);
        foreach (var stream in free)
            Assert.Equal(1, (await Events.Streams.FindAsync(stream, Ct))!.Version);
    }

    [Fact]
    public async Task Whoever_waits_for_a_stream_holds_no_reader_back()
    {
        var stream = await StreamAsync(1);
        await using var caller = await BeginAsync();
        await caller.ScalarAsync($"SELECT id FROM eventstore.streams WHERE name = '{stream}' FOR UPDATE");
        var waiting = Events.AppendAsync(stream, ExpectedVersion.Any, new Numbered(2), cancellationToken: Ct);
        await Database.WaitForLockWaitersAsync(1);
        Assert.Empty(await Events.Subscriptions.GetBlockingTransactionsAsync(Ct));
        await caller.Transaction.RollbackAsync(Ct);
        Assert.Equal(2, (await waiting.WaitAsync(Patience, Ct)).StreamVersion);
    }

    private static Task<IReadOnlyList<AppendResult>> AppendToAllAsync(IEventStreams events, StreamName[] streams)
        => events.AppendManyAsync([.. streams.Select(stream => new StreamAppend(stream, ExpectedVersion.Any, Numbered(1)))], Ct);

    /// <summary>The fewest of several looks: whoever comes waits for a moment, before he gives his connection back and queues.</summary>
    private async Task<long> LastingWaitersAsync()
    {
        var fewest = long.MaxValue;
        for (var look = 0; look < 10; look++)
        {
            fewest = Math.Min(fewest, await WaitersAsync());
            await Task.Delay(TimeSpan.FromMilliseconds(LockWait.Moment.Milliseconds), TimeProvider.System, Ct);
        }

        return fewest;
    }

    private Task<long> WaitersAsync()
        => Database.ScalarAsync<long>("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'");
}
