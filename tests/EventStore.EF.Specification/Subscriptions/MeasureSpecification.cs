using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace EventStore.EF.Specification;

/// <summary>What the meter counts.</summary>
public abstract class MeasureSpecification(StoreFixture fixture) : RunningSuite(fixture)
{
    private const string Duration = "messaging.process.duration";
    private const string Consumed = "messaging.client.consumed.messages";

    private readonly ConcurrentDictionary<string, long> _counts = [];
    private readonly ConcurrentBag<string> _tags = [];

    /// <summary>Other tests of the process measure too.</summary>
    private readonly SubscriptionName _name = $"measured-{Guid.NewGuid():N}";

    [Fact]
    public async Task Handled_failed_and_parked_events_are_counted_for_their_subscription()
    {
        using var meter = Listen();
        var recorder = new Recorder();
        recorder.OnHandling = (context, _) => context.StreamName == "bad-stream" ? throw new InvalidOperationException("bad") : Task.CompletedTask;
        await StartAsync(recorder, 3);
        await AppendAsync("order-1", 7);
        await AppendAsync("bad-stream", 2);
        await UntilAsync(() => Count("handled") == 7 && Count("parked.added") == 2);
        Assert.Equal((7, 3, 2, 0), (Count("handled"), Count("failures"), Count("parked.added"), Count("skipped")));
    }

    [Fact]
    public async Task No_tag_has_the_name_or_id_of_a_stream_or_an_event()
    {
        using var meter = Listen();
        var recorder = new Recorder();
        recorder.OnHandling = (context, _) => context.StreamVersion == 2 ? throw new InvalidOperationException("bad") : Task.CompletedTask;
        await StartAsync(recorder, 1);
        await AppendAsync("order-of-ada", 3);
        await UntilAsync(() => Count("parked.added") == 2);
        Assert.Equal([$"eventstore.subscription={_name}"], _tags.Distinct());
    }

    [Fact]
    public async Task Each_attempt_is_measured_with_its_outcome_and_counts_as_delivered()
    {
        var recorder = new Recorder();
        recorder.OnHandling = (context, _) => context.Attempt < 3 ? throw new InvalidOperationException("not yet") : Task.CompletedTask;
        var process = await StartAsync(recorder, 3);
        using var measured = new Measurements(process);
        await AppendAsync("order-1", 1);
        await UntilAsync(() => measured.Count(Duration) == 3);

        (string, object) own = ("messaging.consumer.group.name", _name.Value);
        Assert.Equal(1, measured.Count(Duration, own, ("eventstore.outcome", "success")));
        Assert.Equal(2, measured.Count(Duration, own, ("eventstore.outcome", "failed"), ("error.type", "System.InvalidOperationException")));
        Assert.Equal(3, measured.Sum(Consumed, own, ("messaging.operation.name", "process")));
    }

    [Fact]
    public async Task What_readers_are_given_is_counted_and_transient_subscriptions_share_a_name()
    {
        await AppendAsync("order-1", 5);
        var process = Process();
        using var measured = new Measurements(process);
        await using (var durable = await process.Events.SubscribeAsync(_name, cancellationToken: Ct))
            await durable.HandleAsync(5);
        await using (var transient = await process.Events.SubscribeTransientAsync(new() { Start = SubscriptionStart.Origin }, Ct))
            await transient.HandleAsync(5);

        Assert.Equal(5, measured.Sum(Consumed, ("messaging.consumer.group.name", _name.Value)));
        Assert.Equal(5, measured.Sum(Consumed, ("messaging.consumer.group.name", "transient")));
    }

    [Fact]
    public async Task Events_in_flight_are_measured_while_they_are()
    {
        var (recorder, goOn) = (new Recorder(), new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        recorder.OnHandling = (_, _) => goOn.Task;
        var process = await StartAsync(recorder, 1);
        using var measured = new Measurements(process);
        await AppendAsync("order-1", 3);
        await UntilAsync(() => InFlight() == 3);
        goOn.SetResult();
        await UntilAsync(() => InFlight() == 0);
        await process.Host.StopAsync(Ct);

        // A partition that this process no longer runs is not measured.
        var count = measured.Count("eventstore.subscription.in_flight");
        _ = InFlight();
        Assert.Equal(count, measured.Count("eventstore.subscription.in_flight"));

        double? InFlight() => measured.Gauge(
            "eventstore.subscription.in_flight", ("eventstore.subscription", _name.Value), ("eventstore.partition", 0));
    }

    [Fact]
    public async Task A_lease_that_another_process_takes_over_is_counted_as_lost()
    {
        var (recorder, goOn) = (new Recorder(), new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        var isHandling = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        recorder.OnHandling = (_, _) =>
        {
            isHandling.TrySetResult();
            return goOn.Task;
        };
        var process = await StartAsync(recorder, 1);
        using var measured = new Measurements(process);
        await AppendAsync("order-1", 1);
        await isHandling.Task.WaitAsync(TimeSpan.FromSeconds(30), Ct);
        await Database.ExecuteAsync(
            "UPDATE {subscriptions} SET owner = 'another', epoch = epoch + 1, lease_expires_at = '9999-01-01 00:00:00.000'");
        goOn.SetResult();
        await UntilAsync(() => measured.Sum("eventstore.subscription.lost_leases", ("eventstore.subscription", _name.Value)) == 1);
        Assert.Equal(0, measured.Sum("eventstore.subscription.restarts"));
    }

    [Fact]
    public async Task A_subscription_that_cannot_go_on_and_starts_again_is_counted()
    {
        await AppendAsync("order-1", 1);
        var recorder = new Recorder();
        var process = await StartAsync(recorder, 1, "order-1");
        using var measured = new Measurements(process);
        await recorder.WaitForAsync(1, Ct);
        await Events.Streams.DeleteAsync("order-1", ExpectedVersion.Any, Ct);
        await UntilAsync(() => measured.Sum("eventstore.subscription.restarts", ("eventstore.subscription", _name.Value)) >= 1);
    }

    [Fact]
    public async Task The_delay_from_an_append_to_its_delivery_is_measured()
    {
        var recorder = new Recorder();
        var process = await StartAsync(recorder, 1);
        using var measured = new Measurements(process);
        for (var count = 1; measured.Count("eventstore.tail.delay") == 0; count++)
        {
            await AppendAsync("order-1", 1);
            await recorder.WaitForAsync(count, Ct);
        }

        Assert.All(measured.Of("eventstore.tail.delay"), delay => Assert.InRange(delay, 0, 60));

        // An event that was imported with its time is not late.
        var delays = measured.Count("eventstore.tail.delay");
        var handled = recorder.Handled.Count;
        await Events.AppendManyAsync(
            [new StreamAppend("order-2", ExpectedVersion.Any, Numbered(1)) { CreatedAt = DateTimeOffset.UnixEpoch }], Ct);
        await recorder.WaitForAsync(handled + 1, Ct);
        await AppendAsync("order-1", 1);
        await UntilAsync(() => measured.Count("eventstore.tail.delay") > delays);
        Assert.All(measured.Of("eventstore.tail.delay"), delay => Assert.InRange(delay, 0, 60));
    }

    [Fact]
    public async Task Lag_and_status_are_measured_by_a_process_that_runs_nothing()
    {
        (string, object) own = ("eventstore.subscription", _name.Value);
        var recorder = new Recorder();
        recorder.OnHandling = (context, _) => context.StreamName == "bad-stream" ? throw new InvalidOperationException("bad") : Task.CompletedTask;
        var owner = await StartAsync(recorder, 1);
        await AppendAsync("bad-stream", 2);
        await UntilAsync(async () => await Database.ScalarAsync<long>("SELECT count(*) FROM {parked_events}") == 2);
        await EndAsync(owner);
        await Events.AppendManyAsync(
            [new StreamAppend("order-1", ExpectedVersion.Any, Numbered(3)) { CreatedAt = await Database.NowAsync() - TimeSpan.FromHours(1) }], Ct);

        var process = Process();
        await process.Host.StartAsync(Ct);
        using var measured = new Measurements(process);
        await UntilAsync(() => measured.Gauge("eventstore.subscription.lag.events", own) == 3);
        Assert.InRange(measured.Gauge("eventstore.subscription.lag", own)!.Value, 3600, 4000);
        Assert.Equal(2, measured.Gauge("eventstore.subscription.parked", own));
        Assert.InRange(measured.Gauge("eventstore.subscription.parked.oldest_age", own)!.Value, 0, 600);
        Assert.Equal(1, measured.Gauge("eventstore.subscription.status", own, ("eventstore.status", "stopped")));
        Assert.Equal(0, measured.Gauge("eventstore.subscription.status", own, ("eventstore.status", "running")));
        Assert.Equal(0, measured.Gauge("eventstore.position.settled.distance"));
        Assert.DoesNotContain(measured.TagValues, value => value.Contains("order-1", StringComparison.Ordinal));
    }

    private async Task<TestStore> StartAsync(Recorder recorder, int attempts, string? stream = null)
    {
        var process = Process(builder =>
        {
            builder.Services.Add(new(typeof(Recorder), recorder));
            builder.AddSubscriber<NumberedHandler>(
                _name,
                options => (options.MaxAttempts, options.RetryDelay, options.Stream) = (attempts, TimeSpan.FromMilliseconds(1), stream));
        });
        await process.Host.StartAsync(Ct);
        return process;
    }

    private long Count(string counter) => _counts.GetValueOrDefault($"eventstore.subscription.{counter}");

    private MeterListener Listen()
    {
        var listener = new MeterListener
        {
            InstrumentPublished = static (instrument, listener) =>
            {
                if (instrument is { Meter.Name: "EventStore.EF" } and Counter<long>)
                    listener.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<long>((instrument, count, tags, _) =>
        {
            var all = tags.ToArray();
            if (!all.Contains(new("eventstore.subscription", _name.Value)))
                return;

            _counts.AddOrUpdate(instrument.Name, count, (_, before) => before + count);
            foreach (var (key, value) in all)
                _tags.Add($"{key}={value}");
        });
        listener.Start();
        return listener;
    }
}
