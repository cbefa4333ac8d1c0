using System.Diagnostics;

namespace EventStore.EF.Specification;

/// <summary>Handling an event continues the trace of whoever appended it.</summary>
public abstract class HandlingTraceSpecification(StoreFixture fixture) : RunningSuite(fixture)
{
    private readonly Recorder _recorder = new();
    private readonly List<(long Version, ActivityTraceId Trace, ActivitySpanId Parent, Activity Activity)> _handling = [];
    private readonly ActivitySource _own = new($"specification-{Guid.NewGuid():N}");
    private ActivityListener? _listener;

    [Fact]
    public async Task The_handling_activity_is_a_child_of_the_append_s()
    {
        await HostRecordingAsync();
        using (var request = _own.StartActivity("request"))
        {
            await AppendAsync("order-1", 1);
            await _recorder.WaitForAsync(1, Ct);
            var handling = Assert.Single(_handling);
            Assert.Equal((request!.TraceId, request.SpanId), (handling.Trace, handling.Parent));
        }

        var activity = _handling[0].Activity;
        Assert.Equal(("EventStore.EF", ActivityKind.Consumer, "process specification-numbered"), (activity.Source.Name, activity.Kind, activity.OperationName));
        Assert.Equal(Name.Value, activity.GetTagItem("messaging.consumer.group.name"));
        Assert.Equal(_recorder.Handled[0].Event.EventId.ToString(), activity.GetTagItem("messaging.message.id")?.ToString());
    }

    [Fact]
    public async Task What_a_handler_appends_continues_the_trace_to_its_own_handler()
    {
        _recorder.OnHandling = async (context, _) =>
        {
            Note(context);
            if (context.StreamVersion < 3)
                await Events.AppendAsync("order-1", context.StreamVersion, new Numbered((int)context.StreamVersion + 1), ct: Ct);
        };
        await HostAsync(_recorder);
        using var request = _own.StartActivity("request");
        await AppendAsync("order-1", 1);
        await _recorder.WaitForAsync(3, Ct);

        Assert.All(_handling, handling => Assert.Equal(request!.TraceId, handling.Trace));
        Assert.Equal([request!.SpanId, _handling[0].Activity.SpanId, _handling[1].Activity.SpanId], _handling.Select(handling => handling.Parent));
    }

    [Fact]
    public async Task An_event_without_trace_begins_one_of_its_own_whatever_was_going_on_when_the_subscription_was_started()
    {
        using (_own.StartActivity("start"))
            await HostRecordingAsync();
        await AppendAsync("order-1", 2);
        await _recorder.WaitForAsync(2, Ct);

        Assert.All(_handling, handling => Assert.Equal(default, handling.Parent));
        Assert.Equal(2, _handling.Select(handling => handling.Trace).Distinct().Count());
    }

    [Fact]
    public async Task A_handler_that_throws_marks_its_activity_as_failed_and_each_attempt_has_one()
    {
        _recorder.OnHandling = (context, _) =>
        {
            Note(context);
            return context.Attempt < 3 ? throw new InvalidOperationException("not yet") : Task.CompletedTask;
        };
        await HostAsync(_recorder);
        await AppendAsync("order-1", 1);
        await _recorder.WaitForAsync(1, Ct);
        await UntilAsync(() => _handling[2].Activity.IsStopped);

        Assert.Equal([ActivityStatusCode.Error, ActivityStatusCode.Error, ActivityStatusCode.Unset], _handling.Select(handling => handling.Activity.Status));
        Assert.Equal("not yet", _handling[0].Activity.StatusDescription);
    }

    /// <inheritdoc/>
    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        _listener = new()
        {
            ShouldListenTo = source => source.Name == "EventStore.EF" || source == _own,
            Sample = static (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
        };
        ActivitySource.AddActivityListener(_listener);
    }

    /// <inheritdoc/>
    public override async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await base.DisposeAsync();
        _listener?.Dispose();
        _own.Dispose();
    }

    private Task<TestStore> HostRecordingAsync()
    {
        _recorder.OnHandling = (context, _) =>
        {
            Note(context);
            return Task.CompletedTask;
        };
        return HostAsync(_recorder);
    }

    private void Note(EventContext context)
    {
        var activity = Activity.Current!;
        _handling.Add((context.StreamVersion, activity.TraceId, activity.ParentSpanId, activity));
    }
}
