using System.Diagnostics;

namespace EventStore.EF.Specification;

/// <summary>The spans of projections: one for each transaction.</summary>
public abstract class ProjectionTraceSpecification(StoreFixture fixture) : ProjectionSuite(fixture)
{
    private readonly Traces _traces = new();

    [Fact]
    public async Task Events_that_are_applied_together_have_one_span_with_a_link_to_each_append()
    {
        using var request = _traces.Start("request");
        await Events.AppendManyAsync("order-1", ExpectedVersion.NoStream, Numbered(2), Ct);
        await Events.AppendManyAsync("order-2", ExpectedVersion.NoStream, Numbered(1), Ct);
        var last = await Events.AppendManyAsync("order-3", ExpectedVersion.NoStream, Numbered(1), Ct);
        var application = NewApplication();
        await application.Host.StartAsync(Ct);
        await WaitForAsync(application, last);
        await application.Host.StopAsync(Ct);

        var span = Assert.Single(_traces.Handlings);
        Assert.NotEqual(request.TraceId, span.TraceId);
        Assert.Equal(("process tallies", ActivityKind.Consumer, default), (span.OperationName, span.Kind, span.ParentSpanId));
        Assert.Equal(_traces.Appends.Select(append => append.SpanId), span.Links.Select(link => link.Context.SpanId));
        Assert.Equal(
            (4, last.LastPosition, 1, false, "tallies"),
            (span.GetTagItem("messaging.batch.message_count"), span.GetTagItem("eventstore.position"), span.GetTagItem("eventstore.attempt"),
                span.GetTagItem("eventstore.live"), span.GetTagItem("messaging.consumer.group.name")));
    }

    [Fact]
    public async Task A_batch_that_fails_is_an_error_and_its_events_have_a_span_each_afterwards()
    {
        using var request = _traces.Start("request");
        var last = await Events.AppendManyAsync("order-1", ExpectedVersion.NoStream, Numbered(3), Ct);
        var application = NewApplication();
        var calls = 0;
        application.Recorder.OnHandling = (context, _)
            => context.StreamVersion == 3 && Interlocked.Increment(ref calls) == 1 ? throw new InvalidOperationException("not yet") : Task.CompletedTask;
        await application.Host.StartAsync(Ct);
        await WaitForAsync(application, last);
        await application.Host.StopAsync(Ct);

        Assert.Equal(
            [ActivityStatusCode.Error, ActivityStatusCode.Unset, ActivityStatusCode.Unset, ActivityStatusCode.Unset],
            _traces.Handlings.Select(span => span.Status));
        Assert.Equal("System.InvalidOperationException", _traces.Handlings[0].GetTagItem("error.type"));
        Assert.Equal(4, _traces.Handlings.Select(span => span.TraceId).Distinct().Count());
        Assert.All(_traces.Handlings, span => Assert.Equal(_traces.Appends[0].SpanId, Assert.Single(span.Links).Context.SpanId));
    }

    /// <inheritdoc/>
    public override async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        _traces.Dispose();
        await base.DisposeAsync();
    }
}
