using System.Collections.Concurrent;
using System.Diagnostics;
using EventStore.EF.Specification;

namespace EventStore.EF.PostgreSQL.Tests.Append;

/// <summary>Many appends at once, which go to the server in groups: each has its own outcome, whatever becomes of its neighbours.</summary>
public sealed class AppendGroupTests(PostgreSqlFixture fixture) : StoreSpecification(fixture), IClassFixture<PostgreSqlFixture>
{
    [Fact]
    public async Task No_append_of_a_group_pays_for_a_neighbour()
    {
        var taken = new NewEvent(new Numbered(0));
        var standing = NewStream();
        await Events.AppendManyAsync(standing, ExpectedVersion.NoStream, [taken], Ct);
        var deleted = NewStream();
        await Events.AppendAsync(deleted, ExpectedVersion.Any, new Numbered(0), cancellationToken: Ct);
        await Events.Streams.DeleteAsync(deleted, ExpectedVersion.Any, Ct);

        var outcomes = await AtOnceAsync(300, index => (index % 6) switch
        {
            0 => Events.AppendAsync(NewStream(), ExpectedVersion.NoStream, new Numbered(index), cancellationToken: Ct),
            1 => Events.AppendManyAsync(NewStream(), ExpectedVersion.Any, [new NewEvent(new Numbered(index)), new NewEvent(new Numbered(index))], Ct),
            2 => Events.AppendManyAsync(NewStream(), ExpectedVersion.Any, [new NewEvent(new Numbered(index)) { EventId = taken.EventId }], Ct),
            3 => Events.AppendAsync(standing, ExpectedVersion.At(7), new Numbered(index), cancellationToken: Ct),
            4 => Events.AppendAsync(deleted, ExpectedVersion.Any, new Numbered(index), cancellationToken: Ct),
            _ => Events.AppendManyAsync(standing, ExpectedVersion.NoStream, [taken], Ct),
        });

        for (var index = 0; index < outcomes.Length; index++)
        {
            var (result, exception) = outcomes[index];
            switch (index % 6)
            {
                case 0:
                    Assert.Equal(1, result.StreamVersion);
                    break;
                case 1:
                    Assert.Equal(2, result.StreamVersion);
                    Assert.True(result.LastPosition > result.FirstPosition);
                    break;
                case 2:
                    Assert.Equal(taken.EventId, Assert.IsType<DuplicateEventException>(exception).EventId);
                    break;
                case 3:
                    Assert.Equal(1, Assert.IsType<WrongExpectedVersionException>(exception).Actual);
                    break;
                case 4:
                    Assert.IsType<StreamDeletedException>(exception);
                    break;
                default:
                    Assert.Equal(1, result.StreamVersion);
                    break;
            }
        }

        // The events of a group have one time.
        Assert.True(await Database.ScalarAsync<bool>("SELECT count(DISTINCT created_at) < count(DISTINCT stream_id) FROM {events}"), "Nothing went in a group, so this test shows nothing.");
        await AssertNumbersAsync(standing, 0);
    }

    [Fact]
    public async Task The_driver_s_spans_are_below_those_of_groups_and_of_appends_that_are_sent_alone()
    {
        var driver = new ConcurrentQueue<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "Npgsql",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStarted = driver.Enqueue,
        };
        ActivitySource.AddActivityListener(listener);
        using var traces = new Traces();
        using var request = traces.Start("request");
        await AtOnceAsync(50, index => Events.AppendAsync(NewStream("order"), ExpectedVersion.NoStream, new Numbered(index), cancellationToken: Ct));

        var (appends, groups) = (traces.Appends, traces.Of("group"));
        var grouped = groups.SelectMany(group => group.Links).Select(link => link.Context.SpanId).ToHashSet();
        var below = driver.Select(span => span.ParentSpanId).ToHashSet();
        Assert.NotEmpty(groups);
        Assert.All(groups, group => Assert.Contains(group.SpanId, below));
        Assert.All(appends, append => Assert.NotEqual(grouped.Contains(append.SpanId), below.Contains(append.SpanId)));
    }

    [Fact]
    public async Task Appends_at_once_to_one_stream_have_versions_and_positions_of_their_own_that_rise_together()
    {
        var stream = NewStream();
        var outcomes = await AtOnceAsync(200, index => Events.AppendManyAsync(stream, ExpectedVersion.Any, Numbered(1 + (index % 3), index * 10), Ct));

        var results = outcomes.Select((outcome, index) => (outcome.Result, Count: 1 + (index % 3), First: index * 10)).OrderBy(append => append.Result.StreamVersion).ToArray();
        var events = await ReadAsync(stream);
        var next = 0;
        foreach (var (result, count, first) in results)
        {
            var own = events[next..(next += count)];
            Assert.Equal(Enumerable.Range(first, count), own.Select(@event => @event.As<Numbered>().Number));
            Assert.Equal((result.StreamVersion, result.FirstPosition, result.LastPosition), (own[^1].StreamVersion, own[0].Position, own[^1].Position));
        }

        Assert.Equal(events.Count, next);
        Assert.Equal(events.Select(@event => @event.Position).Order(), events.Select(@event => @event.Position));
    }

    [Fact]
    public async Task Of_many_appends_at_once_that_expect_the_same_version_one_wins_also_in_groups()
    {
        var streams = Enumerable.Range(0, 20).Select(_ => NewStream()).ToArray();
        var outcomes = await AtOnceAsync(200, index => Events.AppendAsync(streams[index % 20], ExpectedVersion.NoStream, new Numbered(index), cancellationToken: Ct));

        Assert.Equal(20, outcomes.Count(outcome => outcome.Exception is null));
        Assert.All(outcomes.Where(outcome => outcome.Exception is not null), outcome => Assert.IsType<WrongExpectedVersionException>(outcome.Exception));
        foreach (var stream in streams)
            Assert.Single(await ReadAsync(stream));
    }

    [Fact]
    public async Task A_store_that_is_disposed_of_answers_whoever_still_waits()
    {
        var store = Fixture.CreateStore(Database);
        var streams = Enumerable.Range(0, 50).Select(_ => NewStream()).ToArray();
        var appends = streams.Select(stream => store.Events.AppendAsync(stream, ExpectedVersion.Any, new Numbered(1), cancellationToken: Ct)).ToArray();
        await store.DisposeAsync();

        for (var index = 0; index < appends.Length; index++)
        {
            var exception = await Record.ExceptionAsync(() => appends[index].WaitAsync(TimeSpan.FromSeconds(30), Ct));
            if (exception is null)
                await AssertNumbersAsync(streams[index], 1);
            else
                Assert.IsType<ObjectDisposedException>(exception);
        }
    }
}
