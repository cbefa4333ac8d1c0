using EventStore.EF.Subscriptions.Definitions;
using Microsoft.Extensions.Logging;

namespace EventStore.EF.Specification;

/// <summary>The policy Stop: stopped means that nothing more is delivered, in any partition, until somebody resumes it.</summary>
public abstract class StopSpecification(StoreFixture fixture) : RunningSuite(fixture)
{
    private ISubscriptionAdministration Administration => Events.Subscriptions;

    [Theory]
    [InlineData(2)]
    [InlineData(8)]
    public async Task Partitions_that_fail_at_the_same_time_are_all_stopped_at_their_events_and_after_resuming_everything_is_handled(int partitions)
    {
        var streams = Enumerable.Range(0, partitions).Select(partition => StreamOf(partition, partitions)).ToArray();
        var (recorder, isFailing, failing) = (new Recorder(), true, 0);
        var allFail = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        recorder.OnHandling = async (context, ct) =>
        {
            if (context.Event.As<Numbered>().Number != 4 || !Volatile.Read(ref isFailing))
                return;

            if (Interlocked.Increment(ref failing) == partitions)
                allFail.SetResult();

            await allFail.Task.WaitAsync(ct);
            throw new InvalidOperationException("always");
        };
        foreach (var stream in streams)
            await AppendAsync(stream, 3);

        // The poison events lie together, and the rest behind them.
        foreach (var stream in streams)
            await AppendAsync(stream, 1, first: 4);

        foreach (var stream in streams)
            await AppendAsync(stream, 1000 / partitions, first: 5);

        var appended = partitions * (4 + (1000 / partitions));

        var process = await HostAsync(recorder, options =>
            (options.MaxAttempts, options.OnError, options.Partitions, options.CheckpointEvery) = (1, SubscriptionErrorPolicy.Stop, partitions, 1));
        await UntilAsync(async () => (await Administration.FindAsync(Name, cancellationToken: Ct)) is { Status: SubscriptionStatus.Paused } info
            && info.Partitions.All(partition => partition.Owner is null));

        Assert.DoesNotContain(recorder.Handled, context => context.Event.As<Numbered>().Number > 3);
        var info = await Administration.FindAsync(Name, cancellationToken: Ct);
        var poison = (await ReadAllAsync()).Where(@event => @event.As<Numbered>().Number == 4).ToDictionary(@event => @event.StreamName.Value, @event => @event.Position);
        Assert.All(info!.Partitions, partition => Assert.True(partition.Position < poison[streams[partition.Partition]]));
        Assert.DoesNotContain(process.Log.Lines, line => line.Message.Contains("could not continue", StringComparison.Ordinal));

        Volatile.Write(ref isFailing, false);
        await Administration.ResumeAsync(Name, cancellationToken: Ct);
        await recorder.WaitAsync(handled => handled.Select(context => context.Position).Distinct().Count() == appended, Ct);
    }

    [Fact]
    public async Task While_a_stop_can_not_be_recorded_nothing_is_begun()
    {
        var recorder = new Recorder();
        var isBusy = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var isLocked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var goOn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        recorder.OnHandling = async (context, _) =>
        {
            if (context.StreamName == "bad")
            {
                await isLocked.Task;
                throw new InvalidOperationException("always");
            }

            if (context.StreamVersion == 1)
            {
                isBusy.TrySetResult();
                await goOn.Task;
            }
        };
        await AppendAsync("good", 1);
        await AppendAsync("bad", 1);
        await AppendAsync("good", 5, first: 2);
        await AppendAsync("better", 5, first: 2);
        var process = await HostAsync(recorder, options => (options.MaxAttempts, options.OnError, options.MaxConsumers) = (1, SubscriptionErrorPolicy.Stop, 2));
        await using (var other = await Database.OpenAsync())
        {
            await isBusy.Task.WaitAsync(TimeSpan.FromSeconds(30), Ct);
            await using var transaction = await other.BeginTransactionAsync(Ct);
            await using (var command = Database.Command(other, "UPDATE {subscriptions} SET name = name"))
            {
                command.Transaction = transaction;
                await command.ExecuteNonQueryAsync(Ct);
            }

            isLocked.SetResult();
            await process.Log.WaitForAsync(line => line.Level is LogLevel.Critical && line.Message.Contains("stops at event", StringComparison.Ordinal), Ct);
            goOn.SetResult();
            await recorder.WaitForAsync(1, Ct);
            await transaction.RollbackAsync(Ct);
        }

        await UntilAsync(async () => (await Administration.FindAsync(Name, cancellationToken: Ct)) is { Status: SubscriptionStatus.Paused } info && info.Partitions[0].Owner is null);
        Assert.Equal(("good", 1L), Assert.Single(recorder.Handled.Select(context => (context.StreamName.Value, context.StreamVersion))));
    }

    [Fact]
    public async Task Pausing_resuming_and_rewinding_at_once_from_everywhere_never_fails()
    {
        var recorder = new Recorder();
        await AppendAsync("order-1", 10);
        await HostAsync(recorder, options => (options.Partitions, options.CheckpointEvery) = (16, 1));
        await recorder.WaitForAsync(10, Ct);
        var outcomes = await AtOnceAsync(24, async index =>
        {
            for (var round = 0; round < 10; round++)
            {
                var change = (index % 4) switch
                {
                    0 => Administration.PauseAsync(Name, cancellationToken: Ct),
                    1 => Administration.ResumeAsync(Name, cancellationToken: Ct),
                    2 => Administration.RewindAsync(Name, 0, ParkedEventHandling.Discard, cancellationToken: Ct),
                    _ => Administration.ReplayParkedAsync(Name, cancellationToken: Ct),
                };
                await change;
            }

            return true;
        });

        Assert.All(outcomes, outcome => Assert.Null(outcome.Exception));
        await Administration.ResumeAsync(Name, cancellationToken: Ct);
    }

    /// <summary>A stream whose events belong to a partition.</summary>
    private static string StreamOf(int partition, int partitions)
        => Enumerable.Range(0, 10_000).Select(number => $"order-{number}").First(name => PartitionKey.PartitionOf(name, 0, partitions) == partition);
}
