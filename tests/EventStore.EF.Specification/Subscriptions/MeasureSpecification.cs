using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace EventStore.EF.Specification;

/// <summary>What the meter counts.</summary>
public abstract class MeasureSpecification(StoreFixture fixture) : RunningSuite(fixture)
{
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
        await UntilAsync(() => Count("handled") == 7 && Count("parked") == 2);
        Assert.Equal((7, 3, 2, 0), (Count("handled"), Count("failures"), Count("parked"), Count("skipped")));
    }

    [Fact]
    public async Task No_tag_has_the_name_or_id_of_a_stream_or_an_event()
    {
        using var meter = Listen();
        var recorder = new Recorder();
        recorder.OnHandling = (context, _) => context.StreamVersion == 2 ? throw new InvalidOperationException("bad") : Task.CompletedTask;
        await StartAsync(recorder, 1);
        await AppendAsync("order-of-ada", 3);
        await UntilAsync(() => Count("parked") == 2);
        Assert.Equal([$"eventstore.subscription={_name}"], _tags.Distinct());
    }

    private async Task StartAsync(Recorder recorder, int attempts)
    {
        var process = Process(builder =>
        {
            builder.Services.Add(new(typeof(Recorder), recorder));
            builder.AddSubscriber<NumberedHandler>(
                _name, options => (options.MaxAttempts, options.RetryDelay) = (attempts, TimeSpan.FromMilliseconds(1)));
        });
        await process.Host.StartAsync(Ct);
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
