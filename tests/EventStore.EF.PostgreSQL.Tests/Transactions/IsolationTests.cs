using System.Data;

namespace EventStore.EF.PostgreSQL.Tests.Transactions;

/// <summary>Transactions that look at the store as it was when they began: a conflict ends them, and the repeated one succeeds.</summary>
public sealed class IsolationTests(PostgreSqlFixture fixture) : TransactionSuite(fixture), IClassFixture<PostgreSqlFixture>
{
    public static MatrixTheoryData<IsolationLevel, string> Conflicts => new(
        [IsolationLevel.RepeatableRead, IsolationLevel.Serializable],
        ["any", "stream exists", "version", "no stream", "link", "several", "condition", "delete"]);

    [Theory]
    [MemberData(nameof(Conflicts))]
    public async Task What_somebody_wrote_meanwhile_is_a_conflict_and_the_repeated_transaction_succeeds(IsolationLevel isolation, string operation)
    {
        var stream = operation == "no stream" ? NewStream() : await StreamAsync(1);
        var linked = (await ReadAsync(await StreamAsync(1)))[0];
        await using (var caller = await BeginAsync(isolation))
        {
            var store = Events.WithTransaction(caller.Transaction);
            Assert.Equal(operation == "no stream" ? null : 1, (await store.Streams.FindAsync(stream, Ct))?.Version);
            await Events.AppendAsync(stream, ExpectedVersion.Any, new Numbered(2), cancellationToken: Ct);

            var conflict = await Assert.ThrowsAsync<TransactionConflictException>(() => WriteAsync(store, operation == "no stream" ? ExpectedVersion.NoStream : 1));
            Assert.Equal(stream, conflict.Stream);
            await caller.Transaction.RollbackAsync(Ct);
        }

        await using var again = await BeginAsync(isolation);
        var repeated = Events.WithTransaction(again.Transaction);
        await WriteAsync(repeated, (await repeated.Streams.FindAsync(stream, Ct))!.Version);
        await again.Transaction.CommitAsync(Ct);

        Task WriteAsync(ITransactionalEventStore store, ExpectedVersion expected) => operation switch
        {
            "any" => store.AppendAsync(stream, ExpectedVersion.Any, new Numbered(3), cancellationToken: Ct),
            "stream exists" => store.AppendAsync(stream, ExpectedVersion.StreamExists, new Numbered(3), cancellationToken: Ct),
            "link" => store.LinkAsync(stream, expected, [linked], Ct),
            "several" => store.AppendManyAsync([new(stream, expected, Numbered(1)), new(NewStream("z"), ExpectedVersion.Any, Numbered(1))], Ct),
            "condition" => store.AppendManyAsync([StreamAppend.Condition(stream, expected), new(NewStream("z"), ExpectedVersion.Any, Numbered(1))], Ct),
            "delete" => store.Streams.DeleteAsync(stream, expected, Ct),
            _ => store.AppendAsync(stream, expected, new Numbered(3), cancellationToken: Ct),
        };
    }

    [Theory]
    [InlineData(IsolationLevel.RepeatableRead)]
    [InlineData(IsolationLevel.Serializable)]
    public async Task A_stale_version_is_a_conflict_without_an_actual_version(IsolationLevel isolation)
    {
        var stream = await StreamAsync(3);
        await using var caller = await BeginAsync(isolation);
        var conflict = await Assert.ThrowsAsync<TransactionConflictException>(
            () => Events.WithTransaction(caller.Transaction).AppendAsync(stream, 1, new Numbered(0), cancellationToken: Ct));
        Assert.Equal(stream, conflict.Stream);
        Assert.Contains("repeat all of it", conflict.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(IsolationLevel.RepeatableRead)]
    [InlineData(IsolationLevel.Serializable)]
    public async Task An_id_that_was_appended_meanwhile_is_a_conflict(IsolationLevel isolation)
    {
        var taken = Numbered(1);
        await using var caller = await BeginAsync(isolation);
        var store = Events.WithTransaction(caller.Transaction);
        await store.Streams.FindAsync(NewStream(), Ct);
        await Events.AppendManyAsync(NewStream(), ExpectedVersion.Any, taken, Ct);
        await Assert.ThrowsAsync<TransactionConflictException>(() => store.AppendManyAsync(NewStream(), ExpectedVersion.Any, taken, Ct));
    }

    [Theory]
    [InlineData(IsolationLevel.RepeatableRead)]
    [InlineData(IsolationLevel.Serializable)]
    public async Task Without_a_conflict_everything_is_as_under_READ_COMMITTED(IsolationLevel isolation)
    {
        var (taken, stream, links) = (Numbered(1), await StreamAsync(1), NewStream());
        await Events.AppendManyAsync(NewStream(), ExpectedVersion.Any, taken, Ct);
        await using var caller = await BeginAsync(isolation);
        var store = Events.WithTransaction(caller.Transaction);
        await store.AppendAsync(stream, 1, new Numbered(2), cancellationToken: Ct);
        await Assert.ThrowsAsync<DuplicateEventException>(() => store.AppendManyAsync(stream, 2, [.. Numbered(1), taken[0]], Ct));
        await store.AppendAsync(stream, 2, new Numbered(3), cancellationToken: Ct);
        await store.LinkAsync(links, ExpectedVersion.NoStream, await ToListAsync(store.ReadStreamAsync(stream, cancellationToken: Ct)), Ct);
        await caller.Transaction.CommitAsync(Ct);
        await AssertNumbersAsync(stream, 1, 2, 3);
        await AssertNumbersAsync(links, 1, 2, 3);
    }
}
