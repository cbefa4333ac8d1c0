using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;

namespace EventStore.EF.Specification;

/// <summary>What becomes of events that go on failing, by each policy.</summary>
public abstract class ErrorPolicySpecification(StoreFixture fixture) : RunningSuite(fixture)
{
    private ISubscriptionAdministration Administration => Events.Subscriptions;

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public async Task An_event_is_tried_as_often_as_is_said_and_then_parked(int attempts)
    {
        var (recorder, tried) = (new Recorder(), new List<int>());
        recorder.OnHandling = (context, _) =>
        {
            tried.Add(context.Attempt);
            throw new InvalidOperationException("always");
        };
        await HostAsync(recorder, options => options.MaxAttempts = attempts);
        await AppendAsync("order-1", 1);
        await UntilAsync(async () => (await Administration.FindAsync(Name, cancellationToken: Ct)) is { ParkedCount: 1 });

        Assert.Equal(Enumerable.Range(1, attempts), tried);
        Assert.Equal(attempts, Assert.Single(await Administration.ListParkedAsync(Name, cancellationToken: Ct).ToListAsync(Ct)).Attempts);
    }

    [Theory]
    [InlineData(SubscriptionErrorPolicy.Stop, true)]
    [InlineData(SubscriptionErrorPolicy.Stop, false)]
    [InlineData(SubscriptionErrorPolicy.Park, false)]
    public async Task To_stop_is_to_be_paused_at_the_event_with_its_error_until_somebody_resumes_it(SubscriptionErrorPolicy policy, bool hasKey)
    {
        var (recorder, isFailing) = (new Recorder(), true);
        recorder.OnHandling = (context, _) => Volatile.Read(ref isFailing) && context.StreamVersion == 2 ? throw new InvalidOperationException("always") : Task.CompletedTask;
        var process = await HostAsync(recorder, options =>
        {
            options.MaxAttempts = 2;
            options.OnError = policy;
            if (!hasKey)
                options.PartitionBy = _ => null;
        });
        var appended = await AppendAsync("order-1", 3);
        await AppendAsync("order-2", 1);
        await UntilAsync(async () => (await Administration.FindAsync(Name, cancellationToken: Ct)) is { Status: SubscriptionStatus.Paused } info && info.Partitions[0].Owner is null);

        var info = await Administration.FindAsync(Name, cancellationToken: Ct);
        Assert.Equal((appended.FirstPosition, 0), (info!.Position, info.ParkedCount));
        Assert.Contains("System.InvalidOperationException: always", info.LastError, StringComparison.Ordinal);
        Assert.Contains(process.Log.Lines, line => line.Level is LogLevel.Critical && line.Message.Contains("stops at event", StringComparison.Ordinal));
        Assert.Equal([1L], recorder.Handled.Select(context => context.StreamVersion));

        // Resumed too early it stops again, and later it goes on.
        await Administration.ResumeAsync(Name, cancellationToken: Ct);
        await UntilAsync(async () => (await Administration.FindAsync(Name, cancellationToken: Ct))!.Status is SubscriptionStatus.Paused);
        Volatile.Write(ref isFailing, false);
        await Administration.ResumeAsync(Name, cancellationToken: Ct);
        await recorder.WaitForAsync(4, Ct);
        Assert.Equal([1L, 2L, 3L, 1L], recorder.Handled.Select(context => context.StreamVersion));
    }

    [Fact]
    public async Task What_stops_one_partition_stops_the_subscription()
    {
        var recorder = new Recorder();
        recorder.OnHandling = (context, _) => context.StreamName == "bad" ? throw new InvalidOperationException("always") : Task.CompletedTask;
        await HostAsync(recorder, options => (options.MaxAttempts, options.OnError, options.Partitions) = (1, SubscriptionErrorPolicy.Stop, 4));
        await AppendAsync("bad", 1);
        await UntilAsync(async () => (await Administration.FindAsync(Name, cancellationToken: Ct)) is { Status: SubscriptionStatus.Paused } info
            && info.Partitions.All(partition => partition.Owner is null));

        Assert.Empty(recorder.Handled);
    }

    [Fact]
    public async Task What_is_skipped_is_counted_and_logged_and_everything_else_goes_on_in_order()
    {
        var skipped = 0L;
        using var meter = new MeterListener();
        meter.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument is { Meter.Name: "EventStore.EF", Name: "eventstore.subscription.skipped" })
                listener.EnableMeasurementEvents(instrument);
        };
        var own = new SubscriptionName($"skipping-{Guid.NewGuid():N}");
        meter.SetMeasurementEventCallback<long>((_, count, tags, _) =>
        {
            foreach (var (_, value) in tags)
            {
                if (Equals(value, own.Value))
                    Interlocked.Add(ref skipped, count);
            }
        });
        meter.Start();
        var recorder = new Recorder();
        recorder.OnHandling = (context, _) => context.StreamVersion % 2 == 0 ? throw new InvalidOperationException("even") : Task.CompletedTask;
        var process = Process(builder =>
        {
            builder.Services.Add(new(typeof(Recorder), recorder));
            builder.AddSubscriber<NumberedHandler>(own, options => (options.MaxAttempts, options.OnError, options.RetryDelay) = (2, SubscriptionErrorPolicy.Skip, TimeSpan.FromMilliseconds(1)));
        });
        await process.Host.StartAsync(Ct);
        var appended = await AppendAsync("order-1", 7);
        await recorder.WaitForAsync(4, Ct);
        await EndAsync(process);

        Assert.Equal([1L, 3L, 5L, 7L], recorder.Handled.Select(context => context.StreamVersion));
        Assert.Equal(3, Interlocked.Read(ref skipped));
        Assert.Equal(3, process.Log.Lines.Count(line => line is { Level: LogLevel.Error, Exception: InvalidOperationException } && line.Message.Contains("SKIPPED", StringComparison.Ordinal)));
        Assert.Equal(appended.LastPosition, await CheckpointAsync());
        Assert.Empty(await Administration.ListParkedAsync(own, cancellationToken: Ct).ToListAsync(Ct));
    }

    [Fact]
    public async Task An_event_that_can_not_be_read_is_poison_like_any_other()
    {
        var recorder = new Recorder();
        await AppendAsync("order-1", 1);
        await AppendAsync("order-2", 1);
        await Database.InsertEventAsync("order-1", "specification-numbered", """{"number":"not a number"}""");
        await AppendAsync("order-1", 1, first: 3);
        await AppendAsync("order-2", 1, first: 2);
        await HostAsync(recorder, options => options.MaxAttempts = 2);
        await recorder.WaitForAsync(3, Ct);
        await UntilAsync(async () => (await Administration.FindAsync(Name, cancellationToken: Ct))!.ParkedCount == 2);

        Assert.Equal([("order-1", 1L), ("order-2", 1), ("order-2", 2)], recorder.Handled.Select(context => (context.StreamName.Value, context.StreamVersion)));
        Assert.Contains(nameof(EventDeserializationException), (await Administration.ListParkedAsync(Name, cancellationToken: Ct).ToListAsync(Ct))[0].Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_handler_s_own_cancellation_is_a_failure_like_any_other()
    {
        var recorder = new Recorder { OnHandling = (_, _) => throw new OperationCanceledException("a time-out of its own") };
        await HostAsync(recorder, options => options.MaxAttempts = 2);
        await AppendAsync("order-1", 1);
        await UntilAsync(async () => (await Administration.FindAsync(Name, cancellationToken: Ct)) is { ParkedCount: 1 });
    }

    [Fact]
    public async Task The_last_error_is_kept_though_others_are_finished_before_and_beside_it()
    {
        var recorder = new Recorder();
        recorder.OnHandling = (context, _) => context.StreamName == "bad" ? throw new InvalidOperationException("always") : Task.CompletedTask;
        await HostAsync(recorder, options =>
        {
            (options.RetryDelay, options.MaxRetryDelay) = (TimeSpan.FromHours(1), TimeSpan.FromHours(1));
            (options.CheckpointEvery, options.CheckpointAfter, options.MaxConsumers) = (int.MaxValue, TimeSpan.FromSeconds(1), 2);
        });
        var before = await AppendAsync("good", 1);
        await AppendAsync("bad", 1);
        await UntilAsync(async () => (await Administration.FindAsync(Name, cancellationToken: Ct)) is { Status: SubscriptionStatus.Failing });
        await CheckpointReachesAsync(before.LastPosition);
        await AppendAsync("good", 1, first: 2);
        await recorder.WaitForAsync(2, Ct);

        Assert.Equal((SubscriptionStatus.Failing, before.LastPosition), (await Administration.FindAsync(Name, cancellationToken: Ct)) is { } info ? (info.Status, info.Position) : default);
    }

    [Fact]
    public async Task The_last_error_is_kept_while_it_fails_and_gone_when_it_has_gone_on()
    {
        var (recorder, isFailing) = (new Recorder(), true);
        recorder.OnHandling = (_, _) => Volatile.Read(ref isFailing) ? throw new InvalidOperationException("for now") : Task.CompletedTask;
        await HostAsync(recorder, options =>
        {
            options.MaxAttempts = int.MaxValue;
            options.MaxRetryDelay = TimeSpan.FromMilliseconds(1);
            options.CheckpointAfter = TimeSpan.FromMilliseconds(10);
        });
        await AppendAsync("order-1", 1);
        await UntilAsync(async () => (await Administration.FindAsync(Name, cancellationToken: Ct)) is { Status: SubscriptionStatus.Failing, LastErrorAt: not null });
        Volatile.Write(ref isFailing, false);
        await UntilAsync(async () => (await Administration.FindAsync(Name, cancellationToken: Ct)) is { Status: SubscriptionStatus.Running, LastError: null, LagEvents: 0 });
    }
}
