namespace EventStore.EF.Sqlite.Tests.Append;

/// <summary>Writes share transactions and their one lock, and yet have nothing to do with each other.</summary>
public sealed class WriteQueueTests(SqliteFixture fixture) : SqliteSpecification(fixture)
{
    [Fact]
    public async Task A_write_that_is_refused_halfway_leaves_nothing_and_costs_no_neighbour_its_place()
    {
        var (source, taken) = (await ReadAsync(await StreamAsync(3)), Numbered(1));
        await Events.AppendManyAsync(NewStream(), ExpectedVersion.Any, taken, Ct);
        var streams = Enumerable.Range(0, 60).Select(_ => NewStream()).ToArray();
        await using (var holder = await ConnectAsync())
        {
            // While somebody else has the lock, the writes gather.
            await using var holding = holder.BeginTransaction();
            var outcomes = AtOnceAsync(streams.Length, index => (index % 6) switch
            {
                0 => Events.LinkAsync(streams[index], ExpectedVersion.NoStream, [source[0].EventId, Guid.NewGuid()], Ct),
                1 => Events.AppendManyAsync(streams[index], ExpectedVersion.NoStream, [.. Numbered(2), taken[0]], Ct),
                2 => FirstAsync(Events.AppendManyAsync([new(streams[index], ExpectedVersion.NoStream, Numbered(2)), new(NewStream(), ExpectedVersion.NoStream, taken)], Ct)),
                3 => FirstAsync(Events.AppendManyAsync([new(streams[index], ExpectedVersion.NoStream, Numbered(2)), new(NewStream(), 7, Numbered(1))], Ct)),
                4 => Events.LinkAsync(streams[index], ExpectedVersion.NoStream, source, Ct),
                _ => Events.AppendManyAsync(streams[index], ExpectedVersion.NoStream, Numbered(3), Ct),
            });
            await holding.RollbackAsync(Ct);
            foreach (var ((_, exception), index) in (await outcomes).Select((outcome, index) => (outcome, index)))
            {
                Assert.Equal(
                    (index % 6) switch
                    {
                        0 => typeof(EventNotFoundException),
                        1 or 2 => typeof(DuplicateEventException),
                        3 => typeof(WrongExpectedVersionException),
                        _ => null,
                    },
                    exception?.GetType());
            }
        }

        for (var index = 0; index < streams.Length; index++)
        {
            if (index % 6 >= 4)
                await AssertNumbersAsync(streams[index], 1, 2, 3);
            else
                Assert.Null(await Events.Streams.FindAsync(streams[index], Ct));
        }
    }

    [Fact]
    public async Task A_write_that_waits_for_somebody_s_transaction_can_be_cancelled()
    {
        var (given, kept) = (NewStream(), NewStream());
        using var cancellation = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        await using (var holder = await ConnectAsync())
        {
            await using var holding = holder.BeginTransaction();
            var up = Events.AppendAsync(given, ExpectedVersion.Any, new Numbered(1), cancellationToken: cancellation.Token);
            var on = Events.AppendAsync(kept, ExpectedVersion.Any, new Numbered(1), cancellationToken: Ct);
            await cancellation.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => up.WaitAsync(TimeSpan.FromSeconds(10), Ct));
            Assert.False(on.IsCompleted);
            await holding.RollbackAsync(Ct);
            await on;
        }

        Assert.Null(await Events.Streams.FindAsync(given, Ct));
        await AssertNumbersAsync(kept, 1);
    }

    private static async Task<AppendResult> FirstAsync(Task<IReadOnlyList<AppendResult>> results) => (await results)[0];
}
