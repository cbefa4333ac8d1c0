using System.Data.Common;
using EventStore.EF.TestDatabases;
using Microsoft.Extensions.DependencyInjection;

namespace EventStore.EF.PostgreSQL.Tests.Faults;

/// <summary>Connections that break around a commit: the store finds out what became of it, answers truly, and writes once.</summary>
public sealed class UnknownOutcomeTests(PostgreSqlFixture fixture) : TransactionSuite(fixture), IClassFixture<PostgreSqlFixture>
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private FaultyProxy? _proxy;
    private TestStore? _store;

    private new IEventStore Events => _store!.Events;

    private FaultyProxy Proxy => _proxy!;

    /// <inheritdoc/>
    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();

        // An answer that never comes is given up after a second, without waiting for the cancellation.
        _proxy = new(Database.ConnectionString, "Command Timeout=1;Cancellation Timeout=-1");
        _store = Fixture.CreateStore(_proxy.ConnectionString, builder => builder.Configure(options =>
        {
            options.MaxRetryAttempts = 3;
            options.RetryDelay = TimeSpan.FromMilliseconds(1);
        }));
    }

    /// <inheritdoc/>
    public override async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        if (_store is not null)
            await _store.DisposeAsync();
        if (_proxy is not null)
            await _proxy.DisposeAsync();

        await base.DisposeAsync();
    }

    public static MatrixTheoryData<MessageFault, string> SingleAppends => new(
        [MessageFault.CutBefore, MessageFault.DropAnswer, MessageFault.Silence], ["any", "no stream", "stream exists", "version"]);

    [Theory]
    [MemberData(nameof(SingleAppends))]
    public async Task A_single_append_answers_truly_and_stands_once(MessageFault fault, string expectation)
    {
        var before = expectation == "no stream" ? 0 : 2;
        var stream = before == 0 ? NewStream() : await StreamAsync(before);
        var expected = expectation switch { "any" => ExpectedVersion.Any, "no stream" => ExpectedVersion.NoStream, "stream exists" => ExpectedVersion.StreamExists, _ => before };
        var (marker, events) = Marked(3);
        Proxy.Arm(fault, marker);

        var result = await Events.AppendManyAsync(stream, expected, events, Ct).WaitAsync(Patience, Ct);

        Assert.True(Proxy.HasStruck);
        await AssertStandsOnceAsync(stream, result, before, events);
        Assert.Equal(result, await Events.AppendManyAsync(stream, expected, events, Ct));
    }

    [Fact]
    public async Task An_answer_lost_several_times_over_is_still_true_and_the_append_stands_once()
    {
        var (stream, (marker, events)) = (NewStream(), Marked(2));
        Proxy.Arm(MessageFault.DropAnswer, marker, times: 3);
        var result = await Events.AppendManyAsync(stream, ExpectedVersion.NoStream, events, Ct).WaitAsync(Patience, Ct);
        Assert.True(Proxy.HasStruck);
        await AssertStandsOnceAsync(stream, result, 0, events);
    }

    [Theory]
    [InlineData(MessageFault.CutBefore)]
    [InlineData(MessageFault.DropAnswer)]
    [InlineData(MessageFault.Silence)]
    public async Task A_conflict_is_told_truly_too(MessageFault fault)
    {
        var (stream, (marker, events)) = (await StreamAsync(2), Marked(1));
        Proxy.Arm(fault, marker);
        var exception = await Assert.ThrowsAsync<WrongExpectedVersionException>(() => Events.AppendManyAsync(stream, 1, events, Ct).WaitAsync(Patience, Ct));
        Assert.True(Proxy.HasStruck);
        Assert.Equal(2, exception.Actual);
        await AssertNumbersAsync(stream, 1, 2);
    }

    [Theory]
    [InlineData(MessageFault.CutBefore)]
    [InlineData(MessageFault.DropAnswer)]
    [InlineData(MessageFault.Silence)]
    public async Task Every_append_of_a_group_answers_truly_and_stands_once(MessageFault fault)
    {
        // Whether appends meet in a group is a matter of luck, so it is tried until the message with several of them has gone wrong.
        var (marker, _) = Marked(1);
        Proxy.Arm(fault, marker, atLeast: 3);
        for (var round = 0; round < 50 && !Proxy.HasStruck; round++)
        {
            var streams = Enumerable.Range(0, 24).Select(_ => NewStream()).ToArray();
            var events = streams.Select(_ => (NewEvent[])[new(new Noted(marker)), new(new Noted(marker))]).ToArray();
            var outcomes = await AtOnceAsync(
                streams.Length, index => Events.AppendManyAsync(streams[index], ExpectedVersion.NoStream, events[index], Ct).WaitAsync(Patience, Ct));
            for (var index = 0; index < streams.Length; index++)
            {
                Assert.Null(outcomes[index].Exception);
                await AssertStandsOnceAsync(streams[index], outcomes[index].Result, 0, events[index]);
            }
        }

        Assert.True(Proxy.HasStruck);
    }

    [Theory]
    [InlineData(MessageFault.CutBefore, false)]
    [InlineData(MessageFault.CutBefore, true)]
    [InlineData(MessageFault.DropAnswer, false)]
    [InlineData(MessageFault.DropAnswer, true)]
    [InlineData(MessageFault.Silence, false)]
    [InlineData(MessageFault.Silence, true)]
    public async Task An_append_to_several_streams_answers_truly_and_stands_once(MessageFault fault, bool atCommit)
    {
        var (first, second, condition) = (NewStream("z"), await StreamAsync(2), NewStream());
        var ((marker, events), others) = (Marked(2), Numbered(1));
        StreamAppend[] call = [new(first, ExpectedVersion.NoStream, events), StreamAppend.Condition(condition, ExpectedVersion.NoStream), new(second, 2, others)];
        Proxy.Arm(fault, atCommit ? "COMMIT" : marker);

        var results = await Events.AppendManyAsync(call, Ct).WaitAsync(Patience, Ct);

        Assert.True(Proxy.HasStruck);
        await AssertStandsOnceAsync(first, results[0], 0, events);
        await AssertStandsOnceAsync(second, results[2], 2, others);
        await AssertMissingAsync(condition);
        Assert.Equal(results, await Events.AppendManyAsync(call, Ct));
    }

    [Theory]
    [InlineData(MessageFault.CutBefore)]
    [InlineData(MessageFault.DropAnswer)]
    [InlineData(MessageFault.Silence)]
    public async Task A_link_answers_truly_and_stands_once(MessageFault fault)
    {
        foreach (var expected in (ExpectedVersion[])[ExpectedVersion.Any, ExpectedVersion.NoStream])
        {
            var (source, target) = (await ReadAsync(await StreamAsync(3)), NewStream("target"));
            Proxy.Arm(fault, target.Value);
            var result = await Events.LinkAsync(target, expected, [source[2], source[0]], Ct).WaitAsync(Patience, Ct);
            Assert.True(Proxy.HasStruck);
            Assert.Equal(new(2, source[2].Position, source[0].Position), result);
            await AssertNumbersAsync(target, 3, 1);
        }
    }

    [Theory]
    [InlineData("any")]
    [InlineData("version")]
    public async Task A_server_process_that_is_still_at_work_on_the_first_try_doesn_t_double_the_event(string expectation)
    {
        var (stream, (marker, events)) = (await StreamAsync(1), Marked(1));
        await using var holder = await BeginAsync();
        await holder.ScalarAsync($"UPDATE eventstore.streams SET version = version WHERE name = '{stream}'");
        Proxy.Arm(MessageFault.Abandon, marker);

        // The first may be gone by the time the second waits: it waits for the lock no longer than its turn.
        await using var patient = Fixture.CreateStore(Proxy.ConnectionString.Replace("Command Timeout=1", "Command Timeout=60", StringComparison.Ordinal));
        var append = patient.Events.AppendManyAsync(stream, expectation == "any" ? ExpectedVersion.Any : 1, events, Ct);
        await Proxy.StruckAsync(Ct);
        await Database.WaitForLockWaitersAsync(1);
        await holder.Transaction.RollbackAsync(Ct);

        await AssertStandsOnceAsync(stream, await append.WaitAsync(Patience, Ct), 1, events);
    }

    public static MatrixTheoryData<MessageFault, string> Writes => new([MessageFault.CutBefore, MessageFault.DropAnswer, MessageFault.Silence], ["single", "several", "link"]);

    [Theory]
    [MemberData(nameof(Writes))]
    public async Task A_server_that_stays_away_leaves_the_outcome_unknown_and_the_same_call_may_be_repeated(MessageFault fault, string write)
    {
        var (stream, (marker, events)) = (NewStream("target"), Marked(2));
        var source = await ReadAsync(await StreamAsync(2));
        Proxy.Arm(fault, write switch { "single" => marker, "several" => "COMMIT", _ => stream.Value }, andStaysAway: true);

        var exception = await Assert.ThrowsAsync<EventStoreUnavailableException>(() => WriteAsync().WaitAsync(Patience, Ct));
        Assert.True(exception.OutcomeUnknown);
        Assert.True(Proxy.HasStruck);
        Assert.Contains("unknown", exception.Message, StringComparison.Ordinal);

        Proxy.ComeBack();
        var result = await WriteAsync();
        if (write == "link")
            Assert.Equal(source.Select(@event => @event.EventId), (await ReadAsync(stream)).Select(@event => @event.EventId));
        else
            await AssertStandsOnceAsync(stream, result, 0, events);

        async Task<AppendResult> WriteAsync() => write switch
        {
            "single" => await Events.AppendManyAsync(stream, ExpectedVersion.NoStream, events, Ct),
            "several" => (await Events.AppendManyAsync([new(stream, ExpectedVersion.NoStream, events), StreamAppend.Condition(source[0].StreamName, 2)], Ct))[0],
            _ => await Events.LinkAsync(stream, ExpectedVersion.NoStream, source, Ct),
        };
    }

    [Theory]
    [InlineData(MessageFault.CutBefore)]
    [InlineData(MessageFault.DropAnswer)]
    [InlineData(MessageFault.Silence)]
    public async Task A_transaction_of_the_caller_s_is_lost_with_its_connection_and_never_repeated(MessageFault fault)
    {
        var (stream, (marker, events)) = (NewStream(), Marked(2));
        await using var connection = new Npgsql.NpgsqlConnection(Proxy.ConnectionString);
        await connection.OpenAsync(Ct);
        await using (DbTransaction transaction = await connection.BeginTransactionAsync(Ct))
        {
            var store = Events.WithTransaction(transaction);
            await store.AppendAsync(NewStream(), ExpectedVersion.Any, new Numbered(1), cancellationToken: Ct);
            Proxy.Arm(fault, marker);
            var exception = await Assert.ThrowsAsync<EventStoreUnavailableException>(
                () => store.AppendManyAsync(stream, ExpectedVersion.NoStream, events, Ct).WaitAsync(Patience, Ct));
            Assert.False(exception.OutcomeUnknown);
            Assert.Contains("Roll the transaction back", exception.Message, StringComparison.Ordinal);
            Assert.True(Proxy.HasStruck);

            // Whoever goes on in spite of it is told the same, and nothing is written outside the transaction.
            exception = await Assert.ThrowsAsync<EventStoreUnavailableException>(() => store.AppendManyAsync(stream, ExpectedVersion.NoStream, events, Ct));
            Assert.False(exception.OutcomeUnknown);
            await AssertMissingAsync(stream);
        }

        Assert.Equal(2, (await Events.AppendManyAsync(stream, ExpectedVersion.NoStream, events, Ct).WaitAsync(Patience, Ct)).StreamVersion);
    }

    private static (string Marker, NewEvent[] Events) Marked(int count)
    {
        var marker = $"marked-{Guid.NewGuid():N}";
        return (marker, [.. Enumerable.Range(0, count).Select(_ => new NewEvent(new Noted(marker)))]);
    }

    private async Task AssertStandsOnceAsync(StreamName stream, AppendResult result, int before, NewEvent[] events)
    {
        var read = (await ReadAsync(stream)).Skip(before).ToArray();
        Assert.Equal(events.Select(@event => @event.EventId), read.Select(@event => @event.EventId));
        Assert.Equal(new(before + events.Length, read[0].Position, read[^1].Position), result);
    }
}
