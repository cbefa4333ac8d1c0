using System.Diagnostics;

namespace EventStore.EF.Specification;

/// <summary>The spans of appends and of loading states.</summary>
public abstract class AppendTraceSpecification(StoreFixture fixture) : StoreSpecification(fixture)
{
    private readonly Traces _traces = new();

    [Fact]
    public async Task An_append_has_a_span_named_by_its_category_whose_context_its_events_carry()
    {
        using var request = _traces.Start("request");
        var stream = NewStream("order");
        var result = await Events.AppendManyAsync(stream, ExpectedVersion.NoStream, Numbered(2), Ct);

        var span = Assert.Single(_traces.All);
        Assert.Same(request, Activity.Current);
        Assert.Equal(
            ("append order", ActivityKind.Producer, request.TraceId, request.SpanId),
            (span.OperationName, span.Kind, span.TraceId, span.ParentSpanId));
        Assert.Equal(
            new()
            {
                ["messaging.system"] = "eventstore",
                ["messaging.operation.name"] = "append",
                ["messaging.operation.type"] = "send",
                ["messaging.destination.template"] = "order-{id}",
                ["messaging.batch.message_count"] = 2,
                ["eventstore.stream"] = stream.Value,
                ["eventstore.stream.version"] = 2L,
                ["eventstore.position"] = result.LastPosition,
                ["eventstore.append.outcome"] = "success",
            },
            TagsOf(span));
        Assert.True(span.IsStopped);
        Assert.All(await ReadAsync(stream), @event => Assert.Equal(span.Id, @event.Metadata["traceparent"]));
    }

    [Fact]
    public async Task The_short_form_has_a_span_too_and_a_given_context_counts_before_the_span_s()
    {
        const string given = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
        using var request = _traces.Start("request");
        var stream = NewStream("order");
        await Events.AppendAsync(stream, ExpectedVersion.NoStream, new Numbered(1), cancellationToken: Ct);
        await Events.AppendAsync(stream, ExpectedVersion.At(1), new Numbered(2), new() { ["traceparent"] = given }, Ct);

        Assert.Equal(
            [_traces.Appends[0].Id, given], (await ReadAsync(stream)).Select(@event => @event.Metadata["traceparent"]));
    }

    [Fact]
    public async Task No_span_is_named_by_a_stream()
    {
        using var request = _traces.Start("request");
        var (id, uuid) = ($"{Guid.NewGuid():N}", $"{Guid.NewGuid()}");
        foreach (var stream in (StreamName[])[id, uuid])
            await Events.AppendManyAsync(stream, ExpectedVersion.NoStream, Numbered(1), Ct);
        await Events.AppendManyAsync(
            [new(NewStream("order"), ExpectedVersion.NoStream, Numbered(2)), new(NewStream("order"), ExpectedVersion.NoStream, Numbered(1))], Ct);
        await Events.AppendManyAsync(
            [new(NewStream("order"), ExpectedVersion.NoStream, Numbered(1)), new(NewStream("bill"), ExpectedVersion.NoStream, Numbered(1))], Ct);

        Assert.Equal(["append", "append", "append order", "append"], _traces.All.Select(span => span.OperationName));
        Assert.Equal([id, uuid, null, null], _traces.All.Select(span => span.GetTagItem("eventstore.stream")));
        Assert.Equal([1, 1, 3, 2], _traces.All.Select(span => span.GetTagItem("messaging.batch.message_count")));
    }

    [Fact]
    public async Task Appends_that_are_sent_together_have_a_span_that_links_to_each()
    {
        using var request = _traces.Start("request");
        var outcomes = await AtOnceAsync(50, _ => Events.AppendManyAsync(NewStream("order"), ExpectedVersion.NoStream, Numbered(1), Ct));

        Assert.All(outcomes, outcome => Assert.Null(outcome.Exception));
        var (appends, groups) = (_traces.Appends, _traces.Of("group"));
        Assert.Equal(50, appends.Count);
        Assert.All(appends, append => Assert.Equal(request.SpanId, append.ParentSpanId));
        Assert.NotEmpty(groups);
        Assert.All(groups, group => Assert.Equal(
            ("group append", ActivityKind.Client, default(ActivitySpanId), group.Links.Count()),
            (group.OperationName, group.Kind, group.ParentSpanId, group.GetTagItem("eventstore.append.group.size"))));
        var linked = groups.SelectMany(group => group.Links).Select(link => link.Context.SpanId).ToArray();
        Assert.Equal(linked.Length, linked.Distinct().Count());
        Assert.Subset(appends.Select(append => append.SpanId).ToHashSet(), linked.ToHashSet());
    }

    [Fact]
    public async Task A_refused_append_is_an_error_with_type_and_outcome()
    {
        using var request = _traces.Start("request");
        var stream = NewStream("order");
        await Assert.ThrowsAsync<WrongExpectedVersionException>(() => Events.AppendManyAsync(stream, ExpectedVersion.At(7), Numbered(1), Ct));

        var span = Assert.Single(_traces.All);
        Assert.Equal(
            (ActivityStatusCode.Error, "EventStore.EF.WrongExpectedVersionException", "conflict", true),
            (span.Status, span.GetTagItem("error.type"), span.GetTagItem("eventstore.append.outcome"), span.IsStopped));
        Assert.Contains(stream.Value, span.StatusDescription, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_append_that_cannot_be_planned_ends_its_span_as_an_error()
    {
        using var request = _traces.Start("request");
        object data = new NotAnEvent("x");
        await Assert.ThrowsAsync<EventNotRegisteredException>(
            () => Events.AppendAsync(NewStream("order"), ExpectedVersion.Any, data, cancellationToken: Ct));

        var span = Assert.Single(_traces.All);
        Assert.Same(request, Activity.Current);
        Assert.Equal(
            ("EventStore.EF.EventNotRegisteredException", "refused", true),
            (span.GetTagItem("error.type"), span.GetTagItem("eventstore.append.outcome"), span.IsStopped));
    }

    [Fact]
    public async Task The_names_of_streams_can_be_left_out()
    {
        await using var store = Fixture.CreateStore(Database, builder => builder.Configure(options => options.TraceStreamNames = false));
        using var request = _traces.Start("request");
        var stream = NewStream("account");
        await store.Events.AppendManyAsync(stream, ExpectedVersion.NoStream, Numbered(1), Ct);
        await store.Events.LoadAsync<Account>(stream, Ct);
        await Assert.ThrowsAsync<WrongExpectedVersionException>(
            () => store.Events.AppendManyAsync(stream, ExpectedVersion.NoStream, Numbered(1), Ct));

        Assert.Equal(["append account", "load Account", "append account"], _traces.All.Select(span => span.OperationName));
        Assert.All(_traces.All, span => Assert.DoesNotContain(
            stream.Value,
            string.Join('\n', [span.OperationName, span.StatusDescription, .. span.TagObjects.Select(tag => $"{tag.Key}={tag.Value}")]),
            StringComparison.Ordinal));
        Assert.Equal(ActivityStatusCode.Error, _traces.All[2].Status);
    }

    [Fact]
    public async Task Loading_a_state_has_a_span_that_says_how_much_was_folded()
    {
        using var request = _traces.Start("request");
        var stream = NewStream("account");
        await Events.AppendManyAsync(stream, ExpectedVersion.NoStream, Numbered(3), Ct);
        await Events.LoadAsync<Account>(stream, Ct);

        var span = Assert.Single(_traces.Of("load"));
        Assert.Equal(("load Account", ActivityKind.Internal, request.SpanId), (span.OperationName, span.Kind, span.ParentSpanId));
        Assert.Equal(
            new()
            {
                ["eventstore.state"] = "Account",
                ["eventstore.stream"] = stream.Value,
                ["eventstore.stream.version"] = 3L,
                ["eventstore.state.events_folded"] = 3,
                ["eventstore.state.snapshot_hit"] = false,
            },
            TagsOf(span));
    }

    [Fact]
    public async Task An_update_has_a_span_of_loading_and_one_of_appending_and_a_missing_stream_is_no_error()
    {
        using var request = _traces.Start("request");
        var stream = NewStream("counter");
        Assert.Null(await Events.TryLoadAsync<Account>(stream, Ct));
        await Events.UpdateAsync<Counter>(stream, counter => [new Numbered(counter.Count)], Ct);

        Assert.Equal(["load Account", "load Counter", "append counter"], _traces.All.Select(span => span.OperationName));
        Assert.All(_traces.All, span => Assert.Equal((request.SpanId, ActivityStatusCode.Unset), (span.ParentSpanId, span.Status)));
    }

    /// <inheritdoc/>
    public override async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        _traces.Dispose();
        await base.DisposeAsync();
    }

    private static Dictionary<string, object?> TagsOf(Activity span) => span.TagObjects.ToDictionary(tag => tag.Key, tag => tag.Value);
}
