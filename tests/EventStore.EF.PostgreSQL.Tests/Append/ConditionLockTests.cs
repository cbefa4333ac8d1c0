namespace EventStore.EF.PostgreSQL.Tests.Append;

/// <summary>A condition holds until the commit: whoever would break it waits, and nobody else.</summary>
public sealed class ConditionLockTests(PostgreSqlFixture fixture) : TransactionSuite(fixture), IClassFixture<PostgreSqlFixture>
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    public static MatrixTheoryData<string, string, bool> Cases => new(
        ["no stream", "stream exists", "version"], ["append", "several", "link"], [true, false]);

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Whoever_writes_to_the_stream_of_a_condition_waits_for_its_transaction(string condition, string writing, bool commits)
    {
        var stream = condition == "no stream" ? NewStream() : await StreamAsync(2);
        var linked = (await ReadAsync(await StreamAsync(1)))[0];
        await using var caller = await BeginAsync();
        await DemandAsync(caller, stream, condition);

        var write = writing switch
        {
            "append" => Events.AppendAsync(stream, ExpectedVersion.Any, new Numbered(9), cancellationToken: Ct),
            "link" => Events.LinkAsync(stream, ExpectedVersion.Any, [linked], Ct),
            _ => SecondAsync(Events.AppendManyAsync([new(NewStream("z"), ExpectedVersion.Any, Numbered(1)), new(stream, ExpectedVersion.Any, Numbered(1))], Ct)),
        };
        await Database.WaitForLockWaitersAsync(1);
        Assert.Equal(1, (await Events.AppendAsync(NewStream(), ExpectedVersion.NoStream, new Numbered(1), cancellationToken: Ct).WaitAsync(Patience, Ct)).StreamVersion);
        Assert.False(write.IsCompleted);
        if (commits)
            await caller.Transaction.CommitAsync(Ct);
        else
            await caller.Transaction.RollbackAsync(Ct);

        Assert.Equal(condition == "no stream" ? 1 : 3, (await write.WaitAsync(Patience, Ct)).StreamVersion);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Whoever_deletes_the_stream_of_a_condition_waits_for_its_transaction(bool forGood)
    {
        await using var removing = Fixture.CreateStore(Database, builder => builder.Configure(options => options.AllowHardDelete = true));
        var stream = await StreamAsync(2);
        await using var caller = await BeginAsync();
        await DemandAsync(caller, stream, "version");

        var deletion = forGood ? removing.Events.Streams.HardDeleteAsync(stream, 2, Ct) : removing.Events.Streams.DeleteAsync(stream, 2, Ct);
        await Database.WaitForLockWaitersAsync(1);
        Assert.False(deletion.IsCompleted);
        await caller.Transaction.CommitAsync(Ct);
        await deletion.WaitAsync(Patience, Ct);
    }

    [Theory]
    [InlineData("no stream")]
    [InlineData("version")]
    public async Task Groups_of_appends_leave_the_stream_of_a_condition_to_its_transaction(string condition)
    {
        var stream = condition == "no stream" ? NewStream() : await StreamAsync(2);
        await using var caller = await BeginAsync();
        await DemandAsync(caller, stream, condition);

        var waiting = Enumerable.Range(0, 3).Select(number => Events.AppendAsync(stream, ExpectedVersion.Any, new Numbered(number), cancellationToken: Ct)).ToArray();
        var outcomes = await AtOnceAsync(30, index => Events.AppendAsync(NewStream(), ExpectedVersion.NoStream, new Numbered(index), cancellationToken: Ct).WaitAsync(Patience, Ct));
        Assert.All(outcomes, outcome => Assert.Null(outcome.Exception));
        await Database.WaitForLockWaitersAsync(1);
        Assert.All(waiting, append => Assert.False(append.IsCompleted));
        await caller.Transaction.CommitAsync(Ct);
        await Task.WhenAll(waiting).WaitAsync(Patience, Ct);
        Assert.Equal(condition == "no stream" ? 3 : 5, (await ReadAsync(stream)).Count);
    }

    [Fact]
    public async Task Transactions_that_demand_the_same_of_a_stream_don_t_wait_for_each_other()
    {
        var stream = await StreamAsync(2);
        await using var caller = await BeginAsync();
        await DemandAsync(caller, stream, "version");
        await using var other = await BeginAsync();
        await DemandAsync(other, stream, "version").WaitAsync(Patience, Ct);
        await other.Transaction.CommitAsync(Ct);
        await caller.Transaction.CommitAsync(Ct);
    }

    [Fact]
    public async Task A_condition_that_there_is_no_stream_is_seen_by_nobody()
    {
        var stream = NewStream();
        await using var caller = await BeginAsync();
        await DemandAsync(caller, stream, "no stream");
        var inside = Events.WithTransaction(caller.Transaction);
        Assert.Null(await inside.Streams.FindAsync(stream, Ct));
        await AssertMissingAsync(stream);
        Assert.Equal(1, (await inside.AppendAsync(stream, ExpectedVersion.NoStream, new Numbered(1), cancellationToken: Ct)).StreamVersion);
        await caller.Transaction.CommitAsync(Ct);
        await AssertNumbersAsync(stream, 1);
    }

    [Fact]
    public async Task What_the_condition_s_deletion_passed_is_guarded_again_in_the_same_transaction()
    {
        await using var caller = await BeginAsync();
        await DemandAsync(caller, NewStream(), "no stream");
        var exception = await Assert.ThrowsAsync<Npgsql.PostgresException>(() => caller.ScalarAsync("DELETE FROM eventstore.streams"));
        Assert.Equal(Npgsql.PostgresErrorCodes.FeatureNotSupported, exception.SqlState);
    }

    private async Task DemandAsync(CallersTransaction caller, StreamName stream, string condition)
        => await Events.WithTransaction(caller.Transaction).AppendManyAsync(
            [
                StreamAppend.Condition(stream, condition switch { "no stream" => ExpectedVersion.NoStream, "stream exists" => ExpectedVersion.StreamExists, _ => 2 }),
                new(NewStream(), ExpectedVersion.Any, Numbered(1)),
            ],
            Ct);

    private static async Task<AppendResult> SecondAsync(Task<IReadOnlyList<AppendResult>> results) => (await results)[1];
}
