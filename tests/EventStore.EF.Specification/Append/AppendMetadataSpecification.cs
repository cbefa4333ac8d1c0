using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace EventStore.EF.Specification;

/// <summary>What is stored beside an event.</summary>
public abstract class AppendMetadataSpecification(StoreFixture fixture) : StoreSpecification(fixture)
{
    [Fact]
    public async Task An_event_without_anything_beside_it_has_nothing_beside_it()
    {
        var @event = await AppendedAsync(new(new Numbered(1)));
        Assert.Empty(@event.Metadata);
        Assert.Null(@event.CorrelationId);
        Assert.Null(@event.CausationId);
        Assert.Equal(("specification-numbered", 1, "application/json"), (@event.EventType, @event.SchemaVersion, @event.ContentType));
    }

    [Fact]
    public async Task Ids_and_metadata_come_back_as_they_were_given()
    {
        var given = new NewEvent(new Noted("hello"))
        {
            EventId = Guid.NewGuid(),
            CorrelationId = Guid.NewGuid(),
            CausationId = Guid.NewGuid(),
            Metadata = new() { ["user"] = "ada", ["empty"] = "", ["ключ 😀"] = "\"quoted\"\u0000\n\\ ", ["$type"] = "x" },
        };
        var @event = await AppendedAsync(given);
        Assert.Equal((given.EventId, given.CorrelationId, given.CausationId), (@event.EventId, @event.CorrelationId, @event.CausationId));
        Assert.Equal(given.Metadata, @event.Metadata);
    }

    [Fact]
    public async Task Each_event_of_an_append_keeps_its_own()
    {
        var stream = NewStream();
        var given = Enumerable.Range(0, 10).Select(number => new NewEvent(new Numbered(number))
        {
            CorrelationId = number % 2 == 0 ? Guid.NewGuid() : null,
            CausationId = number % 3 == 0 ? Guid.NewGuid() : null,
            Metadata = number % 2 == 1 ? new() { ["number"] = $"{number}" } : EventMetadata.Empty,
        }).ToArray();
        await Events.AppendManyAsync(stream, ExpectedVersion.NoStream, given, Ct);
        var events = await ReadAsync(stream);
        Assert.Equal(given.Select(@event => (@event.EventId, @event.CorrelationId, @event.CausationId)), events.Select(@event => (@event.EventId, @event.CorrelationId, @event.CausationId)));
        Assert.Equal(given.Select(@event => @event.Metadata.Count), events.Select(@event => @event.Metadata.Count));
    }

    [Fact]
    public async Task Each_of_many_appends_at_once_keeps_its_own()
    {
        var streams = Enumerable.Range(0, 8).Select(_ => NewStream()).ToArray();
        var given = Enumerable.Range(0, 40).Select(number => new NewEvent(number % 3 == 0 ? new Noted($"{number}") : new Numbered(number))
        {
            CorrelationId = number % 2 == 0 ? Guid.NewGuid() : null,
            CausationId = number % 5 == 0 ? Guid.NewGuid() : null,
            Metadata = number % 4 == 1 ? new() { ["number"] = $"{number}" } : EventMetadata.Empty,
        }).ToArray();
        var outcomes = await AtOnceAsync(given.Length, index => Events.AppendManyAsync(streams[index % streams.Length], ExpectedVersion.Any, [given[index]], Ct));
        Assert.All(outcomes, outcome => Assert.Null(outcome.Exception));
        var read = (await Task.WhenAll(streams.Select(stream => ReadAsync(stream)))).SelectMany(events => events).ToDictionary(@event => @event.EventId);
        foreach (var @event in given)
        {
            var standing = read[@event.EventId];
            Assert.Equal((@event.CorrelationId, @event.CausationId), (standing.CorrelationId, standing.CausationId));
            Assert.Equal(@event.Metadata, standing.Metadata);
            Assert.Equal(@event.Data, standing.Data);
        }
    }

    [Fact]
    public async Task The_default_id_is_a_UUID_of_version_7()
        => Assert.Equal(7, (await AppendedAsync(new(new Numbered(1)))).EventId.Version);

    [Fact]
    public async Task Metadata_of_the_short_form_is_stored()
    {
        var stream = NewStream();
        await Events.AppendAsync(stream, ExpectedVersion.Any, new Numbered(1), new() { ["tenant"] = "north" }, Ct);
        Assert.Equal("north", Assert.Single(await ReadAsync(stream)).Metadata["tenant"]);
    }

    [Fact]
    public async Task What_a_handler_appends_is_caused_by_the_event_it_handles()
    {
        var correlation = Guid.NewGuid();
        var handled = await AppendedAsync(new(new Numbered(1)) { CorrelationId = correlation });
        var appended = await HandlingAsync(handled, () => AppendedAsync(new(new Numbered(2))));
        Assert.Equal((correlation, handled.EventId), (appended.CorrelationId, appended.CausationId));
    }

    [Fact]
    public async Task What_a_handler_appends_is_correlated_by_the_first_event_when_nothing_else_is()
    {
        var handled = await AppendedAsync(new(new Numbered(1)));
        var appended = await HandlingAsync(handled, () => AppendedAsync(new(new Numbered(2))));
        Assert.Equal((handled.EventId, handled.EventId), (appended.CorrelationId, appended.CausationId));
    }

    [Fact]
    public async Task Given_ids_count_before_the_handled_event_s()
    {
        var given = new NewEvent(new Numbered(2)) { CorrelationId = Guid.NewGuid(), CausationId = Guid.NewGuid() };
        var handled = await AppendedAsync(new(new Numbered(1)) { CorrelationId = Guid.NewGuid() });
        var appended = await HandlingAsync(handled, () => AppendedAsync(given));
        Assert.Equal((given.CorrelationId, given.CausationId), (appended.CorrelationId, appended.CausationId));
    }

    [Fact]
    public async Task The_trace_of_the_current_activity_is_stored()
    {
        using var activity = new Activity("test").SetIdFormat(ActivityIdFormat.W3C).Start();
        var @event = await AppendedAsync(new(new Numbered(1)) { Metadata = new() { ["user"] = "ada" } });
        Assert.Equal(activity.Id, @event.Metadata["traceparent"]);
        Assert.Equal("ada", @event.Metadata["user"]);
    }

    [Fact]
    public async Task A_given_trace_counts_before_the_current_activity_s()
    {
        const string given = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
        using var activity = new Activity("test").SetIdFormat(ActivityIdFormat.W3C).Start();
        var @event = await AppendedAsync(new(new Numbered(1)) { Metadata = new() { ["traceparent"] = given } });
        Assert.Equal(given, @event.Metadata["traceparent"]);
    }

    [Fact]
    public async Task Each_event_of_several_streams_keeps_its_own_ids_metadata_and_trace()
    {
        const string given = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
        var (first, second) = (NewStream(), NewStream());
        var (own, none) = (
            new NewEvent(new Numbered(1)) { CorrelationId = Guid.NewGuid(), CausationId = Guid.NewGuid(), Metadata = new() { ["traceparent"] = given } },
            new NewEvent(new Numbered(2)) { Metadata = new() { ["user"] = "ada" } });
        using var activity = new Activity("test").SetIdFormat(ActivityIdFormat.W3C).Start();
        await Events.AppendManyAsync([new StreamAppend(first, ExpectedVersion.NoStream, own), new StreamAppend(second, ExpectedVersion.NoStream, none)], Ct);

        var (ofFirst, ofSecond) = (Assert.Single(await ReadAsync(first)), Assert.Single(await ReadAsync(second)));
        Assert.Equal((own.CorrelationId, own.CausationId, given), (ofFirst.CorrelationId, ofFirst.CausationId, ofFirst.Metadata["traceparent"]));
        Assert.Equal((null, null, activity.Id), (ofSecond.CorrelationId, ofSecond.CausationId, ofSecond.Metadata["traceparent"]));
        Assert.Equal("ada", ofSecond.Metadata["user"]);
    }

    [Fact]
    public async Task What_a_handler_appends_to_several_streams_is_caused_by_the_event_it_handles()
    {
        var handled = await AppendedAsync(new(new Numbered(1)) { CorrelationId = Guid.NewGuid() });
        StreamName[] streams = [NewStream(), NewStream()];
        await HandlingAsync(handled, () => Events.AppendManyAsync([.. streams.Select(stream => new StreamAppend(stream, ExpectedVersion.NoStream, Numbered(2)))], Ct));
        foreach (var stream in streams)
            Assert.All(await ReadAsync(stream), @event => Assert.Equal((handled.CorrelationId, handled.EventId), (@event.CorrelationId, @event.CausationId)));
    }

    [Fact]
    public async Task The_time_is_the_database_s_and_not_the_application_s()
    {
        var stream = NewStream();
        await using var store = Fixture.CreateStore(Database, builder => builder.Services.AddSingleton<TimeProvider>(
            new FakeTimeProvider(new DateTimeOffset(2001, 1, 1, 0, 0, 0, TimeSpan.Zero))));
        var before = await Database.NowAsync();
        await store.Events.AppendManyAsync(stream, ExpectedVersion.Any, Numbered(3), Ct);
        var after = await Database.NowAsync();
        var events = await ReadAsync(stream);
        Assert.All(events, @event => Assert.InRange(@event.CreatedAt, before.AddMilliseconds(-1), after.AddMilliseconds(1)));
        Assert.All(events, @event => Assert.Equal(TimeSpan.Zero, @event.CreatedAt.Offset));
    }

    [Fact]
    public async Task An_event_of_the_greatest_size_is_stored_and_one_byte_more_is_refused()
    {
        var size = (await AppendedAsync(new(new Noted("")))).Payload.Length;
        await using var store = Fixture.CreateStore(Database, builder => builder.Configure(options => options.MaxEventSize = size + 100));
        await store.Events.AppendAsync(NewStream(), ExpectedVersion.Any, new Noted(new('x', 100)), cancellationToken: Ct);

        var exception = await ThrowsAndWritesNothingAsync<EventTooLargeException>(
            () => store.Events.AppendManyAsync(NewStream(), ExpectedVersion.Any, [new(new Noted("small")), new(new Noted(new('x', 101)))], Ct));
        Assert.Equal(("specification-noted", size + 101, size + 100), (exception.EventType, exception.Size, exception.Limit));
        Assert.Contains(nameof(EventStoreOptions.MaxEventSize), exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Metadata_counts_towards_the_size_of_an_event()
    {
        await using var store = Fixture.CreateStore(Database, builder => builder.Configure(options => options.MaxEventSize = 200));
        await ThrowsAndWritesNothingAsync<EventTooLargeException>(
            () => store.Events.AppendAsync(NewStream(), ExpectedVersion.Any, new Numbered(1), new() { ["note"] = new('x', 200) }, Ct));
    }

    [Fact]
    public async Task An_event_of_almost_4_MiB_is_stored_by_default()
    {
        var text = new string('x', (4 * 1024 * 1024) - 100);
        Assert.Equal(text, (await AppendedAsync(new(new Noted(text)))).As<Noted>().Text);
        await ThrowsAndWritesNothingAsync<EventTooLargeException>(() => AppendedAsync(new(new Noted(text + new string('x', 100)))));
    }

    private static async Task<T> HandlingAsync<T>(RecordedEvent @event, Func<Task<T>> handle)
    {
        EventContext.SetCurrent(new(@event, "specification"));
        try
        {
            return await handle();
        }
        finally
        {
            EventContext.SetCurrent(null);
        }
    }

    private async Task<RecordedEvent> AppendedAsync(NewEvent @event)
    {
        var stream = NewStream();
        await Events.AppendManyAsync(stream, ExpectedVersion.NoStream, [@event], Ct);
        return Assert.Single(await ReadAsync(stream));
    }
}
