namespace EventStore.EF.Specification;

/// <summary>Conditions on streams that a call doesn't write to.</summary>
public abstract class ConditionSpecification(StoreFixture fixture) : StoreSpecification(fixture)
{
    public static TheoryData<ExpectedVersion> Holding => [ExpectedVersion.StreamExists, ExpectedVersion.At(2)];

    [Theory]
    [MemberData(nameof(Holding), DisableDiscoveryEnumeration = true)]
    public async Task A_condition_that_holds_lets_the_rest_pass_and_changes_nothing_itself(ExpectedVersion expected)
    {
        var (condition, written) = (await StreamAsync(2), NewStream());
        var before = await Events.Streams.FindAsync(condition, Ct);

        var results = await Events.AppendManyAsync([StreamAppend.Condition(condition, expected), new(written, ExpectedVersion.NoStream, Numbered(3))], Ct);

        Assert.Equal(new(2, 0, 0), results[0]);
        Assert.Equal(3, results[1].StreamVersion);
        Assert.Equal(before, await Events.Streams.FindAsync(condition, Ct));
    }

    [Fact]
    public async Task A_condition_that_there_is_no_stream_leaves_none_behind()
    {
        var (missing, written) = (NewStream(), NewStream());
        var results = await Events.AppendManyAsync([new(written, ExpectedVersion.NoStream, Numbered(3)), StreamAppend.Condition(missing, ExpectedVersion.NoStream)], Ct);

        Assert.Equal(new(0, 0, 0), results[1]);
        Assert.Null(await Events.Streams.FindAsync(missing, Ct));
        Assert.Equal(0, await Database.ScalarAsync<long>($"SELECT count(*) FROM {{streams}} WHERE name = '{missing}'"));
        Assert.Equal(1, (await Events.AppendAsync(missing, ExpectedVersion.NoStream, new Numbered(1), cancellationToken: Ct)).StreamVersion);
    }

    [Fact]
    public async Task A_stream_without_events_meets_the_condition_that_there_is_none()
    {
        var empty = NewStream();
        await Database.ExecuteAsync($"INSERT INTO {{streams}} (name, version) VALUES ('{empty}', 0)");
        var results = await Events.AppendManyAsync([StreamAppend.Condition(empty, ExpectedVersion.NoStream), new(NewStream(), ExpectedVersion.NoStream, Numbered(1))], Ct);
        Assert.Equal(new(0, 0, 0), results[0]);
    }

    public static TheoryData<ExpectedVersion> Broken => [ExpectedVersion.NoStream, ExpectedVersion.At(1), ExpectedVersion.At(3)];

    [Theory]
    [MemberData(nameof(Broken), DisableDiscoveryEnumeration = true)]
    public async Task A_condition_that_does_not_hold_refuses_the_whole_call(ExpectedVersion expected)
    {
        var condition = await StreamAsync(2);
        var exception = await ThrowsAndWritesNothingAsync<WrongExpectedVersionException>(() => Events.AppendManyAsync(
            [new(NewStream(), ExpectedVersion.NoStream, Numbered(3)), StreamAppend.Condition(condition, expected)], Ct));
        Assert.Equal((condition, expected, 2), (exception.Stream, exception.Expected, exception.Actual));
    }

    [Fact]
    public async Task A_condition_on_a_missing_stream_refuses_the_whole_call()
    {
        var missing = NewStream();
        var exception = await ThrowsAndWritesNothingAsync<WrongExpectedVersionException>(() => Events.AppendManyAsync(
            [StreamAppend.Condition(missing, 1), new(NewStream(), ExpectedVersion.NoStream, Numbered(3))], Ct));
        Assert.Equal((missing, 0), (exception.Stream, exception.Actual));

        var notFound = await ThrowsAndWritesNothingAsync<StreamNotFoundException>(() => Events.AppendManyAsync(
            [StreamAppend.Condition(missing, ExpectedVersion.StreamExists), new(NewStream(), ExpectedVersion.NoStream, Numbered(3))], Ct));
        Assert.Equal(missing, notFound.Stream);
    }

    public static TheoryData<ExpectedVersion> EveryCondition => [ExpectedVersion.NoStream, ExpectedVersion.StreamExists, ExpectedVersion.At(2)];

    [Theory]
    [MemberData(nameof(EveryCondition), DisableDiscoveryEnumeration = true)]
    public async Task A_condition_on_a_deleted_stream_refuses_the_whole_call(ExpectedVersion expected)
    {
        var deleted = await StreamAsync(2);
        await Database.DeleteStreamAsync(deleted);
        var exception = await ThrowsAndWritesNothingAsync<StreamDeletedException>(() => Events.AppendManyAsync(
            [new(NewStream(), ExpectedVersion.NoStream, Numbered(3)), StreamAppend.Condition(deleted, expected)], Ct));
        Assert.Equal(deleted, exception.Stream);
    }

    [Fact]
    public async Task The_first_stream_in_conflict_may_be_a_condition()
    {
        var (condition, written) = (await StreamAsync(2), await StreamAsync(3));
        var exception = await ThrowsAndWritesNothingAsync<WrongExpectedVersionException>(() => Events.AppendManyAsync(
            [StreamAppend.Condition(condition, 1), new(written, 1, Numbered(3))], Ct));
        Assert.Equal(condition, exception.Stream);
    }

    /// <summary>Two accounts of which at most one may be closed: neither call writes to what the other looks at, and still only one passes.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Of_two_calls_that_each_break_the_other_s_condition_exactly_one_passes(bool streamsExist)
    {
        for (var round = 0; round < 10; round++)
        {
            StreamName[] streams = streamsExist ? [await StreamAsync(1), await StreamAsync(1)] : [NewStream(), NewStream()];
            var expected = streamsExist ? 1 : ExpectedVersion.NoStream;
            var outcomes = await AtOnceAsync(2, index => Events.AppendManyAsync(
                [new(streams[index], expected, Numbered(1)), StreamAppend.Condition(streams[1 - index], expected)], Ct));

            var lost = Assert.Single(outcomes.Index(), outcome => outcome.Item.Exception is not null);
            Assert.Equal(streams[1 - lost.Index], Assert.IsType<WrongExpectedVersionException>(lost.Item.Exception).Stream);
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Many_calls_with_the_same_condition_all_pass(bool streamExists)
    {
        var (condition, expected) = streamExists ? (await StreamAsync(2), ExpectedVersion.At(2)) : (NewStream(), ExpectedVersion.NoStream);
        var outcomes = await AtOnceAsync(24, index => Events.AppendManyAsync(
            [StreamAppend.Condition(condition, expected), new(NewStream(), ExpectedVersion.NoStream, Numbered(1))], Ct));
        Assert.All(outcomes, outcome => Assert.Null(outcome.Exception));
    }

    [Fact]
    public async Task Calls_with_a_condition_and_appends_that_break_it_are_in_one_order()
    {
        // Whatever came before the breaking append passed, whatever came after it was refused: positions tell.
        var condition = await StreamAsync(1);
        var outcomes = await AtOnceAsync(24, async index => index == 12
            ? await Events.AppendAsync(condition, 1, new Numbered(2), cancellationToken: Ct)
            : (await Events.AppendManyAsync([StreamAppend.Condition(condition, 1), new(NewStream(), ExpectedVersion.NoStream, Numbered(1))], Ct))[1]);
        Assert.Null(outcomes[12].Exception);
        foreach (var (result, exception) in outcomes)
        {
            if (exception is null)
                Assert.True(result.LastPosition <= outcomes[12].Result.LastPosition);
            else
                Assert.Equal(2, Assert.IsType<WrongExpectedVersionException>(exception).Actual);
        }
    }

    private async Task<StreamName> StreamAsync(int events)
    {
        var stream = NewStream();
        await Events.AppendManyAsync(stream, ExpectedVersion.NoStream, Numbered(events), Ct);
        return stream;
    }
}
