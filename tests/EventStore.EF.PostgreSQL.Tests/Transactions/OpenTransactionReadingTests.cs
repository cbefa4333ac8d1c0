namespace EventStore.EF.PostgreSQL.Tests.Transactions;

/// <summary>Readers of all events beside a transaction of a caller's that stays open.</summary>
public sealed class OpenTransactionReadingTests(PostgreSqlFixture fixture) : TransactionSuite(fixture), IClassFixture<PostgreSqlFixture>
{
    [Fact]
    public async Task What_was_refused_in_a_transaction_that_stays_open_holds_no_reader_back()
    {
        var taken = Numbered(1);
        var standing = await StreamAsync(2);
        var cursor = (await Events.AppendManyAsync(NewStream(), ExpectedVersion.Any, taken, Ct)).LastPosition;
        await using var caller = await BeginAsync();
        var store = Events.WithTransaction(caller.Transaction);
        await Assert.ThrowsAsync<WrongExpectedVersionException>(() => store.AppendAsync(standing, 1, new Numbered(0), cancellationToken: Ct));
        await Assert.ThrowsAsync<EventNotFoundException>(() => store.LinkAsync(standing, 2, [Guid.NewGuid()], Ct));
        await Assert.ThrowsAsync<WrongExpectedVersionException>(() => store.AppendManyAsync(
            [new(NewStream("a"), ExpectedVersion.Any, Numbered(1)), new(standing, 1, Numbered(1))], Ct));

        // This one had taken positions, which leave a gap.
        await Assert.ThrowsAsync<DuplicateEventException>(() => store.AppendManyAsync(NewStream(), ExpectedVersion.Any, [.. Numbered(2), taken[0]], Ct));

        var later = await Events.AppendAsync(NewStream(), ExpectedVersion.Any, new Numbered(7), cancellationToken: Ct);
        Assert.Equal([later.LastPosition], await PositionsAsync(cursor));
        await caller.Transaction.CommitAsync(Ct);
        Assert.Equal([later.LastPosition], await PositionsAsync(cursor));
    }

    [Fact]
    public async Task What_was_written_in_a_transaction_that_stays_open_comes_before_what_was_written_later()
    {
        var cursor = (await Events.AppendAsync(NewStream(), ExpectedVersion.Any, new Numbered(1), cancellationToken: Ct)).LastPosition;
        await using var caller = await BeginAsync();
        var early = await Events.WithTransaction(caller.Transaction).AppendAsync(NewStream(), ExpectedVersion.Any, new Numbered(2), cancellationToken: Ct);
        var later = await Events.AppendAsync(NewStream(), ExpectedVersion.Any, new Numbered(3), cancellationToken: Ct);
        Assert.Empty(await PositionsAsync(cursor));
        await caller.Transaction.CommitAsync(Ct);
        Assert.Equal([early.LastPosition, later.LastPosition], await PositionsAsync(cursor));
    }

    private async Task<long[]> PositionsAsync(long after)
        => [.. (await ToListAsync(Events.ReadAllAsync(new() { From = after + 1 }, Ct))).Select(@event => @event.Position)];
}
