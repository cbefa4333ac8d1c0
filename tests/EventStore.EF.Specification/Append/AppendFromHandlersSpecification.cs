using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace EventStore.EF.Specification;

/// <summary>What handlers append belongs to what they handle.</summary>
public abstract class AppendFromHandlersSpecification(StoreFixture fixture) : OwnDatabaseSpecification(fixture)
{
    [Fact]
    public async Task What_a_subscription_s_handler_appends_to_several_streams_carries_correlation_causation_and_trace()
    {
        var recorder = new Recorder();
        await using var application = Fixture.CreateStore(Database, builder =>
        {
            builder.Services.AddSingleton(recorder);
            builder.AddSubscriber<NumberedHandler>("answers");
        });
        recorder.OnHandling = async (context, ct) =>
        {
            // As a handler does that goes on with the trace of the event it handles.
            using var activity = new Activity("answer").SetIdFormat(ActivityIdFormat.W3C).SetParentId(context.Event.Metadata["traceparent"]).Start();
            await application.Events.AppendManyAsync(
                [new StreamAppend("answers", ExpectedVersion.Any, [new(new Noted("42"))]), new StreamAppend("archive", ExpectedVersion.Any, [new(new Noted("42"))])], ct);
        };
        using var asking = new Activity("ask").SetIdFormat(ActivityIdFormat.W3C).Start();
        var question = new NewEvent(new Numbered(1)) { CorrelationId = Guid.NewGuid() };
        await Events.AppendManyAsync("questions", ExpectedVersion.NoStream, [question], Ct);
        await application.Host.StartAsync(Ct);
        await recorder.WaitForAsync(1, Ct);

        foreach (var stream in (StreamName[])["answers", "archive"])
        {
            var answer = Assert.Single(await ReadAsync(stream));
            Assert.Equal((question.CorrelationId, question.EventId), (answer.CorrelationId, answer.CausationId));
            var trace = ActivityContext.Parse(answer.Metadata["traceparent"], null);
            Assert.Equal(asking.TraceId, trace.TraceId);
            Assert.NotEqual(asking.SpanId, trace.SpanId);
        }
    }

    [Fact]
    public async Task What_a_handler_started_and_left_running_carries_nothing_of_the_event_when_the_handler_has_ended()
    {
        using var traces = new Traces("answers");
        var (recorder, ended) = (new Recorder(), new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        Task<EventContext?>? background = null;
        await using var application = Fixture.CreateStore(Database, builder =>
        {
            builder.Services.AddSingleton(recorder);
            builder.AddSubscriber<NumberedHandler>("answers");
        });
        recorder.OnHandling = async (context, ct) =>
        {
            Assert.Same(context, EventContext.Current);
            background ??= Task.Run(
                async () =>
                {
                    await ended.Task;
                    await application.Events.AppendAsync("later", ExpectedVersion.Any, new Noted("42"), cancellationToken: Ct);
                    return EventContext.Current;
                }, Ct);
            await application.Events.AppendAsync("meanwhile", ExpectedVersion.Any, new Noted("42"), cancellationToken: ct);
        };
        await application.Host.StartAsync(Ct);

        // The second event of a stream is handled when the first one's handler has ended.
        await Events.AppendManyAsync("questions", ExpectedVersion.NoStream, Numbered(2), Ct);
        await recorder.WaitForAsync(2, Ct);
        ended.SetResult();

        Assert.Null(await background!);
        var later = Assert.Single(await ReadAsync("later"));
        Assert.Equal((null, null, false), (later.CausationId, later.CorrelationId, later.Metadata.ContainsKey("traceparent")));
        Assert.Equal(recorder.Handled[0].Event.EventId, (await ReadAsync("meanwhile"))[0].CausationId);
    }
}
