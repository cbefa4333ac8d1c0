using Microsoft.Extensions.Hosting;

namespace EventStore.EF.Specification;

/// <summary>Events that a projection fails on.</summary>
public abstract class ProjectionErrorSpecification(StoreFixture fixture) : ProjectionSuite(fixture)
{
    [Fact]
    public async Task A_failing_event_is_parked_with_the_later_ones_of_its_key_and_its_replay_applies_each_once()
    {
        var application = NewApplication(options => options.MaxAttempts = 2);
        var isPoisonous = true;
        application.Recorder.OnHandling = (context, _)
            => isPoisonous && context is { StreamName.Value: "bad", StreamVersion: 2 } ? throw new InvalidOperationException("poison") : Task.CompletedTask;
        await application.Host.StartAsync(Ct);
        for (var version = 1; version <= 5; version++)
        {
            await application.Events.AppendAsync("bad", ExpectedVersion.At(version - 1), new Numbered(version), cancellationToken: Ct);
            await application.Events.AppendAsync("good", ExpectedVersion.At(version - 1), new Numbered(version), cancellationToken: Ct);
        }

        await application.Points.WaitAsync(async () => await CountAsync("good") == 5, Ct);
        await application.Events.Subscriptions.WaitForAsync(Projection, (await ReadAllAsync())[^1].Position, TimeSpan.FromSeconds(30), cancellationToken: Ct);
        Assert.Equal(1, await CountAsync("bad"));
        var parked = await application.Events.Subscriptions.ListParkedAsync(Projection, cancellationToken: Ct).ToListAsync(Ct);
        Assert.Equal([2L, 3L, 4L, 5L], parked.Select(@event => @event.Event!.StreamVersion));
        Assert.Contains("poison", parked[0].Error, StringComparison.Ordinal);

        isPoisonous = false;
        await application.Events.Subscriptions.ReplayParkedAsync(Projection, cancellationToken: Ct);
        await application.Points.WaitAsync(async () => await CountAsync("bad") == 5, Ct);
        var last = await application.Events.AppendAsync("bad", ExpectedVersion.At(5), new Numbered(6), cancellationToken: Ct);
        await application.Events.Subscriptions.WaitForAsync(Projection, last.LastPosition, TimeSpan.FromSeconds(30), cancellationToken: Ct);

        await AssertEachEventOnceAsync();
        Assert.Equal(0, await Database.ScalarAsync<long>("SELECT count(*) FROM {parked_events}"));
    }

    /// <summary>Every point.</summary>
    public static TheoryData<TransactionPoint> Points => [.. Enum.GetValues<TransactionPoint>()];

    [Theory]
    [MemberData(nameof(Points))]
    public async Task A_replay_that_breaks_at_any_point_applies_its_event_once(TransactionPoint failAt)
    {
        var application = NewApplication(options => options.MaxAttempts = 1);
        var isPoisonous = true;
        application.Recorder.OnHandling = (_, _) => isPoisonous ? throw new InvalidOperationException("poison") : Task.CompletedTask;
        var appended = await Events.AppendManyAsync("numbers", ExpectedVersion.NoStream, Numbered(1), Ct);
        await application.Host.StartAsync(Ct);
        await Assert.ThrowsAsync<EventParkedException>(
            () => application.Events.Subscriptions.WaitForAsync(Projection, appended.LastPosition, TimeSpan.FromSeconds(30), cancellationToken: Ct));

        isPoisonous = false;
        var (left, failed) = (1, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        application.Points.OnPoint = (point, _, _) =>
        {
            if (point != failAt || left-- <= 0)
                return Task.CompletedTask;

            failed.SetResult();
            throw new InvalidOperationException("not yet");
        };
        await application.Events.Subscriptions.ReplayParkedAsync(Projection, cancellationToken: Ct);
        await failed.Task.WaitAsync(TimeSpan.FromSeconds(30), Ct);
        if (failAt is not TransactionPoint.Committed)
        {
            // A replay that failed is not repeated by itself.
            await application.Store.Log.WaitForAsync(line => line.Message.Contains("failed again to handle the parked event", StringComparison.Ordinal), Ct);
            Assert.Equal(0, await CountAsync("numbers"));
            await application.Events.Subscriptions.ReplayParkedAsync(Projection, cancellationToken: Ct);
            await application.Points.WaitAsync(async () => await CountAsync("numbers") == 1, Ct);
        }

        await application.Events.Subscriptions.WaitForAsync(
            Projection, (await Events.AppendAsync("numbers", ExpectedVersion.At(1), new Numbered(2), cancellationToken: Ct)).LastPosition, TimeSpan.FromSeconds(30), cancellationToken: Ct);
        await AssertEachEventOnceAsync();
    }

    [Fact]
    public async Task The_checkpoint_doesn_t_pass_events_that_are_still_to_be_parked()
    {
        var application = NewApplication(options => (options.MaxAttempts, options.PageSize) = (1, 3));
        application.Recorder.OnHandling = (context, _)
            => context is { StreamName.Value: "bad" } ? throw new InvalidOperationException("poison") : Task.CompletedTask;
        for (var version = 1; version <= 30; version++)
        {
            await Events.AppendAsync("bad", ExpectedVersion.Any, new Numbered(version), cancellationToken: Ct);
            await Events.AppendAsync("good", ExpectedVersion.Any, new Numbered(version), cancellationToken: Ct);
        }

        var unparked = new List<long>();
        application.Points.OnPoint = async (point, _, _) =>
        {
            // At each commit everything of the bad stream up to the checkpoint stands in the table of parked ones.
            if (point is TransactionPoint.Committed)
            {
                unparked.Add(await Database.ScalarAsync<long>(
                    "SELECT count(*) FROM {events} e JOIN {streams} s ON s.id = e.stream_id WHERE s.name = 'bad' AND e.position <= (SELECT position FROM {subscriptions}) " +
                    "AND NOT EXISTS (SELECT 1 FROM {parked_events} p WHERE p.position = e.position)"));
            }
        };
        await application.Host.StartAsync(Ct);
        await application.Points.WaitAsync(async () => await CountAsync("good") == 30, Ct);

        Assert.All(unparked, count => Assert.Equal(0, count));
        Assert.Equal(30, await Database.ScalarAsync<long>("SELECT count(*) FROM {parked_events}"));
    }

    [Fact]
    public async Task A_skipped_event_leaves_no_effect_and_the_others_go_on()
    {
        var application = NewApplication(options => (options.MaxAttempts, options.OnError) = (2, SubscriptionErrorPolicy.Skip));
        application.Recorder.OnHandling = (context, _) => context.StreamVersion == 3 ? throw new InvalidOperationException("never") : Task.CompletedTask;
        await Events.AppendManyAsync("numbers", ExpectedVersion.NoStream, Numbered(5), Ct);
        await application.Host.StartAsync(Ct);
        await application.Points.WaitAsync(async () => await CountAsync("numbers") == 4, Ct);

        Assert.Contains(application.Store.Log.Lines, line => line.Message.Contains("SKIPPED", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_projection_that_stops_at_an_event_is_paused_with_its_error_and_goes_on_when_resumed()
    {
        var application = NewApplication(options => (options.MaxAttempts, options.OnError) = (2, SubscriptionErrorPolicy.Stop));
        var isPoisonous = true;
        application.Recorder.OnHandling = (context, _)
            => isPoisonous && context.StreamVersion == 3 ? throw new InvalidOperationException("poison") : Task.CompletedTask;
        var last = await Events.AppendManyAsync("numbers", ExpectedVersion.NoStream, Numbered(5), Ct);
        await application.Host.StartAsync(Ct);
        await application.Store.Log.WaitForAsync(line => line.Message.Contains("or paused; this process stands by", StringComparison.Ordinal), Ct);
        Assert.Equal(2, await CountAsync("numbers"));

        isPoisonous = false;
        await application.Events.Subscriptions.ResumeAsync(Projection, cancellationToken: Ct);
        await WaitForAsync(application, last);
        await AssertEachEventOnceAsync();
    }
}
