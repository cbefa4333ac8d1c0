using Microsoft.Extensions.Logging;

namespace EventStore.EF.Specification;

/// <summary>Handlers that append.</summary>
public abstract class RunawaySpecification(StoreFixture fixture) : RunningSuite(fixture)
{
    [Fact]
    public async Task A_handler_that_appends_what_it_handles_without_end_is_warned_of_once_with_its_subscription_and_stream()
    {
        var recorder = new Recorder();
        TestStore? process = null;
        recorder.OnHandling = async (context, ct) =>
        {
            if (context.Event.As<Numbered>().Number < 150)
                await process!.Events.AppendAsync("round-and-round", ExpectedVersion.Any, new Numbered(context.Event.As<Numbered>().Number + 1), cancellationToken: ct);
        };
        process = await HostAsync(recorder);
        await AppendAsync("round-and-round", 1);
        await recorder.WaitForAsync(150, Ct);

        var warning = Assert.Single(process.Log.Lines, IsWarning);
        Assert.Equal(LogLevel.Warning, warning.Level);
        Assert.Contains("'orders'", warning.Message, StringComparison.Ordinal);
        Assert.Contains("'round-and-round'", warning.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_handler_whose_events_multiply_is_warned_of_long_before_a_chain_of_them_is_long()
    {
        var recorder = new Recorder();
        TestStore? process = null;
        recorder.OnHandling = async (context, ct) =>
        {
            var generation = context.Event.As<Numbered>().Number;
            if (generation < 9)
                await process!.Events.AppendManyAsync("twice", ExpectedVersion.Any, [new(new Numbered(generation + 1)), new(new Numbered(generation + 1))], ct);
        };
        process = await HostAsync(recorder);
        await AppendAsync("twice", 1);
        await recorder.WaitForAsync(511, Ct);
        Assert.Single(process.Log.Lines, IsWarning);
    }

    [Fact]
    public async Task Two_subscriptions_that_answer_each_other_are_warned_of()
    {
        var recorder = new Recorder();
        TestStore? process = null;
        recorder.OnHandling = async (context, ct) =>
        {
            object answer = context.Subscription == Name ? new Noted("ping") : new Numbered(1);
            if (context.StreamVersion < 300)
                await process!.Events.AppendManyAsync("table-tennis", ExpectedVersion.Any, [new NewEvent(answer)], ct);
        };
        process = await HostAsync(recorder, configure: builder => builder.AddSubscriber<NotedHandler>("answers"));
        await AppendAsync("table-tennis", 1);
        await recorder.WaitForAsync(300, Ct);
        Assert.Contains(process.Log.Lines, IsWarning);
    }

    [Fact]
    public async Task A_process_manager_that_answers_each_of_many_events_with_some_steps_is_not_warned_of()
    {
        var recorder = new Recorder();
        TestStore? process = null;
        recorder.OnHandling = async (context, ct) =>
        {
            // Three steps for each.
            if (context.StreamVersion < 4)
                await process!.Events.AppendAsync(context.StreamName, ExpectedVersion.Any, new Numbered(0), cancellationToken: ct);
        };
        process = await HostAsync(recorder);
        for (var order = 1; order <= 150; order++)
            await AppendAsync($"order-{order}", 1);

        await recorder.WaitForAsync(600, Ct);
        Assert.DoesNotContain(process.Log.Lines, line => line.Level >= LogLevel.Warning);
    }

    private static bool IsWarning(TestLogLine line) => line.Message.Contains("keeps appending events that come back to it", StringComparison.Ordinal);
}

/// <summary>Handles notes.</summary>
public sealed class NotedHandler(Recorder recorder) : ISubscriber<Noted>
{
    /// <inheritdoc/>
    public async ValueTask HandleAsync(Noted @event, EventContext context, CancellationToken cancellationToken) => await recorder.HandleAsync(context, cancellationToken);
}
