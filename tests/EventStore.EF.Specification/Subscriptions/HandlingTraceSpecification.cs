using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;

namespace EventStore.EF.Specification;

/// <summary>Handling an event links to the trace of its append, and is part of it only where that is asked for.</summary>
public abstract class HandlingTraceSpecification(StoreFixture fixture) : RunningSuite(fixture)
{
    private readonly Recorder _recorder = new();
    private readonly List<(EventContext Context, ActivityTraceId Trace, ActivitySpanId Parent, Activity Activity)> _handling = [];
    private readonly Traces _traces = new(Name.Value, "late");

    [Fact]
    public async Task Handling_has_a_trace_of_its_own_and_links_to_the_append_s()
    {
        await HostRecordingAsync();
        using var request = _traces.Start("request");
        await AppendAsync("order-1", 1);
        await _recorder.WaitForAsync(1, Ct);

        var (_, trace, parent, activity) = Assert.Single(_handling);
        Assert.NotEqual(request.TraceId, trace);
        Assert.Equal(default, parent);
        AssertLinks(request.SpanId, activity);
        Assert.Equal(("EventStore.EF", ActivityKind.Consumer, "process orders"), (activity.Source.Name, activity.Kind, activity.OperationName));
        var handled = _recorder.Handled[0];
        Assert.Equal(
            new()
            {
                ["messaging.system"] = "eventstore",
                ["messaging.operation.name"] = "process",
                ["messaging.operation.type"] = "process",
                ["messaging.consumer.group.name"] = Name.Value,
                ["messaging.message.id"] = handled.Event.EventId,
                ["eventstore.event.type"] = "specification-numbered",
                ["eventstore.position"] = handled.Position,
                ["eventstore.attempt"] = 1,
                ["eventstore.live"] = activity.GetTagItem("eventstore.live"),
            },
            activity.TagObjects.ToDictionary(tag => tag.Key, tag => tag.Value));
    }

    [Fact]
    public async Task An_event_says_whether_it_was_received_right_after_its_append()
    {
        await AppendAsync("order-1", 1);
        await HostRecordingAsync();

        // Caught up with, until the subscription is at the end.
        for (var count = 2; _handling is not [.., { Activity: var last }] || !Equals(last.GetTagItem("eventstore.live"), true); count++)
        {
            await AppendAsync("order-1", 1);
            await _recorder.WaitForAsync(count, Ct);
        }

        Assert.Equal(false, _handling[0].Activity.GetTagItem("eventstore.live"));
    }

    [Theory]
    [InlineData("deep")]
    [InlineData("""{"traceparent":"\\ud800"}""")]
    [InlineData("""{"\\udfff":"x"}""")]
    [InlineData("[1]")]
    [InlineData("null")]
    public async Task Metadata_that_was_written_by_other_means_keeps_no_event_from_its_handler(string metadata)
    {
        if (metadata == "deep")
            metadata = $$"""{"path":{{new string('[', 500)}}{{new string(']', 500)}}}""";

        await HostRecordingAsync();
        await AppendAsync("order-1", 1);
        await Database.InsertEventAsync("order-1", "specification-numbered", """{"number":2}""", metadata: metadata);
        await AppendAsync("order-1", 1);
        await _recorder.WaitForAsync(3, Ct);
        Assert.Equal([1, 2, 3], _recorder.Handled.Select(context => (int)context.StreamVersion));
        _ = _recorder.Handled[1].Event.Metadata.Count;
    }

    [Fact]
    public async Task What_a_handler_appends_links_to_the_handling()
    {
        _recorder.OnHandling = async (context, _) =>
        {
            Note(context);
            if (context.StreamVersion < 3)
                await Events.AppendAsync("order-1", context.StreamVersion, new Numbered((int)context.StreamVersion + 1), cancellationToken: Ct);
        };
        await HostAsync(_recorder);
        using var request = _traces.Start("request");
        await AppendAsync("order-1", 1);
        await _recorder.WaitForAsync(3, Ct);

        Assert.Equal(3, _handling.Select(handling => handling.Trace).Distinct().Count());
        AssertLinks(request.SpanId, _handling[0].Activity);
        AssertLinks(_handling[0].Activity.SpanId, _handling[1].Activity);
        AssertLinks(_handling[1].Activity.SpanId, _handling[2].Activity);

        // What a handler appends is part of its own trace: a span of handling and one of appending.
        var traces = _handling.Select(handling => _traces.All.Where(span => span.TraceId == handling.Trace).ToArray()).ToArray();
        Assert.Equal([2, 2, 1], traces.Select(trace => trace.Length));
        Assert.All(traces[..2], trace => Assert.Equal(trace[0].SpanId, trace[1].ParentSpanId));
    }

    [Fact]
    public async Task An_event_that_is_handled_1000_times_has_1000_traces_with_a_link_each()
    {
        const int Times = 1000;
        _recorder.OnHandling = (context, _) =>
        {
            Note(context);
            return context.Attempt < Times ? throw new InvalidOperationException("not yet") : Task.CompletedTask;
        };
        await HostAsync(_recorder, options => (options.MaxAttempts, options.MaxRetryDelay) = (Times, TimeSpan.FromMilliseconds(1)));
        using var request = _traces.Start("request");
        await AppendAsync("order-1", 1);
        await _recorder.WaitForAsync(1, Ct);

        Assert.Equal(Times, _handling.Select(handling => handling.Trace).Distinct().Count());
        Assert.All(_handling, handling => AssertLinks(request.SpanId, handling.Activity));
    }

    [Fact]
    public async Task An_event_that_is_delivered_again_after_a_rewind_has_a_trace_of_its_own_each_time()
    {
        _recorder.OnHandling = (context, _) =>
        {
            Note(context);
            return Task.CompletedTask;
        };
        await HostAsync(_recorder);
        using var request = _traces.Start("request");
        await AppendAsync("order-1", 1);
        await _recorder.WaitForAsync(1, Ct);
        for (var times = 2; times <= 5; times++)
        {
            await Events.Subscriptions.RewindAsync(Name, 0, ParkedEventHandling.Keep, cancellationToken: Ct);
            await _recorder.WaitForAsync(times, Ct);
        }

        Assert.Equal(_handling.Count, _handling.Select(handling => handling.Trace).Distinct().Count());
        Assert.All(_handling, handling => AssertLinks(request.SpanId, handling.Activity));
    }

    [Fact]
    public async Task Where_traces_continue_only_the_first_handling_of_a_live_event_is_part_of_the_append_s()
    {
        var isMended = false;
        _recorder.OnHandling = (context, _) =>
        {
            Note(context);
            return context.StreamName == "order-13" && context.StreamVersion == 1 && !isMended
                ? throw new InvalidOperationException("not yet")
                : Task.CompletedTask;
        };
        await HostAsync(
            _recorder, options => options.MaxAttempts = 2, builder => builder.Configure(options => options.ContinueTraces = true));
        using var request = _traces.Start("request");

        // Caught up with, until the subscription is at the end.
        for (var count = 1; _handling.Count == 0 || _handling[^1].Parent == default; count++)
        {
            await AppendAsync("order-1", 1);
            await _recorder.WaitForAsync(count, Ct);
        }

        var others = _recorder.Handled.Count;
        await AppendAsync("order-13", 2);
        var append = _traces.Appends.Last(span => span.ParentSpanId == request.SpanId);
        await UntilAsync(async () => await Database.ScalarAsync<int>("SELECT count(*) FROM {parked_events}") == 2);
        isMended = true;
        await Events.Subscriptions.ReplayParkedAsync(Name, cancellationToken: Ct);
        await _recorder.WaitForAsync(others + 2, Ct);

        Assert.Equal(
            [(1, 1, append.SpanId), (1, 2, default), (1, 3, default), (2, 1, default)],
            _handling.Where(handling => handling.Context.StreamName == "order-13")
                .Select(handling => ((int)handling.Context.StreamVersion, handling.Context.Attempt, handling.Parent)));
        Assert.All(_handling, handling => AssertLinks(request.SpanId, handling.Activity));

        var late = new Recorder { OnHandling = _recorder.OnHandling };
        _handling.Clear();
        var process = Process(builder =>
        {
            builder.Services.AddSingleton(late);
            builder.AddSubscriber<NumberedHandler>("late");
            builder.Configure(options => options.ContinueTraces = true);
        });
        await process.Host.StartAsync(Ct);
        await late.WaitForAsync(others + 2, Ct);
        Assert.All(_handling, handling => Assert.Equal(default, handling.Parent));
    }

    [Fact]
    public async Task An_event_without_trace_begins_one_of_its_own_whatever_was_going_on_when_the_subscription_was_started()
    {
        using (_traces.Start("start"))
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
        Assert.Equal(
            ["System.InvalidOperationException", "System.InvalidOperationException", null],
            _handling.Select(handling => handling.Activity.GetTagItem("error.type")));

        Assert.Equal([ActivityStatusCode.Error, ActivityStatusCode.Error, ActivityStatusCode.Unset], _handling.Select(handling => handling.Activity.Status));
        Assert.Equal("System.InvalidOperationException: not yet", _handling[0].Activity.StatusDescription);
    }

    /// <inheritdoc/>
    public override async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await base.DisposeAsync();
        _traces.Dispose();
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

    /// <summary>Asserts that a handling links to an append below a span.</summary>
    private void AssertLinks(ActivitySpanId parent, Activity handling)
    {
        var link = Assert.Single(handling.Links).Context;
        var append = Assert.Single(_traces.Appends, append => append.SpanId == link.SpanId && append.TraceId == link.TraceId);
        Assert.Equal(parent, append.ParentSpanId);
    }

    private void Note(EventContext context)
    {
        var activity = Activity.Current!;
        _handling.Add((context, activity.TraceId, activity.ParentSpanId, activity));
    }
}
