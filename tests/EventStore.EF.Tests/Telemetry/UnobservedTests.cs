using System.Diagnostics;
using System.Diagnostics.Metrics;
using EventStore.EF.Telemetry;

namespace EventStore.EF.Tests.Telemetry;

/// <summary>Telemetry costs those nothing who don't listen. Nobody else may listen meanwhile, so these tests run alone.</summary>
[Collection(nameof(UnobservedTests))]
[CollectionDefinition(nameof(UnobservedTests), DisableParallelization = true)]
public sealed class UnobservedTests
{
    private const int Times = 1000;

    private static readonly SubscriptionName Subscription = "order-emails";
    private static readonly RecordedEvent[] Events = Recorded.At(1, 2, 3);
    private static readonly InvalidOperationException Failure = new("not yet");

    [Fact]
    public async Task Without_a_listener_nothing_is_allocated_to_measure()
    {
        await using var store = Store();

        Assert.False(Tracing.IsListenedTo);
        Assert.Equal(0, Allocated(() => MeasureEverything(store)));
    }

    [Fact]
    public async Task An_append_that_nobody_observes_allocates_no_more_than_one_that_was_never_observed()
    {
        await using var store = Store();
        var before = Allocated(() => Append(store));
        long observed;
        using (Spans())
        using (Measurements(store))
            observed = Allocated(() => Append(store));

        var after = Allocated(() => Append(store));

        // A span with its tags, and nothing of it when the listeners have gone.
        Assert.InRange(observed, before + (100 * Times), long.MaxValue);
        Assert.Equal(before, after);
    }

    private static FakeStore Store()
    {
        var written = Task.FromResult<AppendResult[]?>([new(1, 1, 1)]);
        return new(() => written);
    }

    private static void MeasureEverything(FakeStore store)
    {
        var (meter, operations) = (store.Meter, store.Operations);
        operations.Appended(OperationMeter.Append, 1, operations.Begin(), null);
        operations.Appended(OperationMeter.Append, 1, operations.Begin(), Failure);
        operations.Grouped(1);
        operations.Retried();
        operations.Folded("Order", 1);
        meter.Handled(Subscription, 1);
        meter.Failed(Subscription);
        meter.Parked(Subscription, 1);
        meter.Skipped(Subscription);
        meter.Restarted(Subscription);
        meter.LeaseLost(Subscription);
        meter.Consumed(Subscription, 1);
        meter.Processed(Subscription, 1, meter.BeginHandling(), null, default);
        meter.HandedOut(Events, TimeProvider.System);
    }

    /// <summary>Everything completes at once, on this thread.</summary>
    private static void Append(FakeStore store)
    {
        var appending = store.AppendAsync();
        Assert.True(appending.IsCompletedSuccessfully);
    }

    /// <summary>The bytes that this thread allocates for the work; the least of some rounds, because whoever it wakes allocates too.</summary>
    private static long Allocated(Action work)
    {
        var least = long.MaxValue;
        for (var round = 0; round < 10; round++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var time = 0; time < Times; time++)
                work();

            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        return least;
    }

    private static ActivityListener Spans()
    {
        var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == EventStoreTelemetry.ActivitySourceName,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
        };
        ActivitySource.AddActivityListener(listener);
        return listener;
    }

    private static MeterListener Measurements(FakeStore store)
    {
        var listener = new MeterListener
        {
            InstrumentPublished = (instrument, listener) =>
            {
                if (store.Meter.Owns(instrument))
                    listener.EnableMeasurementEvents(instrument);
            },
        };
        listener.Start();
        return listener;
    }
}
