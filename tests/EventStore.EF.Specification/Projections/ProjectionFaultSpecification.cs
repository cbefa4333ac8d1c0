using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Hosting;

namespace EventStore.EF.Specification;

/// <summary>Whatever goes wrong, wherever: no effect is lost and none is doubled.</summary>
public abstract class ProjectionFaultSpecification(StoreFixture fixture) : ProjectionSuite(fixture)
{
    /// <summary>Every point.</summary>
    public static TheoryData<TransactionPoint> Points => [.. Enum.GetValues<TransactionPoint>()];

    /// <summary>Every point, with one event and with several in the transaction.</summary>
    public static MatrixTheoryData<TransactionPoint, int> PointsAndEvents => new(Enum.GetValues<TransactionPoint>(), [1, 3]);

    [Theory]
    [MemberData(nameof(Points))]
    public async Task After_a_crash_at_any_point_each_event_has_taken_effect_once(TransactionPoint crashAt)
    {
        const int Count = 3;
        var crashing = NewApplication();
        var crashed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        crashing.Points.OnPoint = async (point, context, ct) =>
        {
            if (point == crashAt || crashed.Task.IsCompleted)
            {
                await BreakAsync(context);
                crashed.TrySetResult();

                // Nothing of a process that is no more happens after that.
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, ct);
            }
        };
        await Events.AppendManyAsync("numbers", ExpectedVersion.NoStream, Numbered(Count), Ct);
        await crashing.Host.StartAsync(Ct);
        await crashed.Task.WaitAsync(TimeSpan.FromSeconds(30), Ct);
        Assert.Equal(crashAt is TransactionPoint.Committed ? Count : 0, await CountAsync("numbers"));
        Assert.Equal(crashAt is TransactionPoint.Committed, await PositionAsync() > 0);

        await crashing.Host.StopAsync(Ct);
        var next = NewApplication();
        await next.Host.StartAsync(Ct);
        await WaitForAsync(next, await Events.AppendManyAsync("numbers", ExpectedVersion.At(Count), Numbered(1, first: Count + 1), Ct));
        await AssertEachEventOnceAsync();
    }

    [Theory]
    [MemberData(nameof(PointsAndEvents))]
    public async Task After_an_exception_at_any_point_the_process_goes_on_and_each_event_has_taken_effect_once(TransactionPoint failAt, int events)
    {
        var application = NewApplication(options => options.MaxAttempts = 3);
        var left = 2;
        application.Points.OnPoint = (point, _, _) => point == failAt && left-- > 0 ? throw new InvalidOperationException("not yet") : Task.CompletedTask;
        var last = await Events.AppendManyAsync("numbers", ExpectedVersion.NoStream, Numbered(events), Ct);
        await application.Host.StartAsync(Ct);
        await WaitForAsync(application, last);

        // What was committed without anybody being told is not tried again, and so not parked after some attempts.
        await WaitForAsync(application, await Events.AppendManyAsync("numbers", ExpectedVersion.At(events), Numbered(1, first: events + 1), Ct));
        await AssertEachEventOnceAsync();
        Assert.Equal(0, await Database.ScalarAsync<long>("SELECT count(*) FROM {parked_events}"));
    }

    [Theory]
    [MemberData(nameof(Points))]
    public async Task After_a_broken_connection_at_any_point_the_process_goes_on_and_each_event_has_taken_effect_once(TransactionPoint breakAt)
    {
        const int Count = 3;
        var application = NewApplication(options => options.MaxAttempts = 1);
        var left = 2;
        application.Points.OnPoint = async (point, context, _) =>
        {
            if (point != breakAt || left-- == 0)
                return;

            await BreakAsync(context);
            throw Fixture.Away;
        };
        var last = await Events.AppendManyAsync("numbers", ExpectedVersion.NoStream, Numbered(Count), Ct);
        await application.Host.StartAsync(Ct);
        await WaitForAsync(application, last);

        await AssertEachEventOnceAsync();
        Assert.Equal(0, await Database.ScalarAsync<long>("SELECT count(*) FROM {parked_events}"));
    }

    [Fact]
    public async Task Random_failures_over_many_events_leave_what_the_events_add_up_to()
    {
        var random = new Random(20260726);
        var application = NewApplication(options =>
        {
            options.MaxAttempts = 1000;
            options.MaxRetryDelay = TimeSpan.FromMilliseconds(2);
            options.BatchSize = 20;
        });
        application.Recorder.OnHandling = (_, _) => random.Next(40) == 0 ? throw new InvalidOperationException("a handler") : Task.CompletedTask;
        application.Points.OnPoint = async (_, context, _) =>
        {
            var what = random.Next(30);
            if (what == 0)
                throw new InvalidOperationException("somewhere");
            if (what != 1)
                return;

            await BreakAsync(context);
            throw Fixture.Away;
        };
        await application.Host.StartAsync(Ct);
        AppendResult? last = null;
        for (var appended = 0; appended < 500;)
        {
            var count = Math.Min(random.Next(1, 30), 500 - appended);
            last = await Events.AppendManyAsync($"stream-{random.Next(7)}", ExpectedVersion.Any, Numbered(count, first: appended), Ct);
            appended += count;
        }

        await WaitForAsync(application, last!.Value);
        await AssertEachEventOnceAsync();
        Assert.Equal(500, (await TalliesAsync()).Sum(tally => tally.Events));
    }

    [Fact]
    public async Task An_owner_that_was_taken_over_commits_nothing()
    {
        var application = NewApplication();
        application.Points.OnPoint = async (point, _, _) =>
        {
            application.Points.OnPoint = null;
            if (point is TransactionPoint.Beginning)
                await TakeOverAsync();
        };
        var last = await Events.AppendManyAsync("numbers", ExpectedVersion.NoStream, Numbered(3), Ct);
        await application.Host.StartAsync(Ct);
        await application.Store.Log.WaitForAsync(line => line.Message.Contains("taken over by another process", StringComparison.Ordinal), Ct);
        Assert.Equal((0, 0), (application.Points.Commits, await CountAsync("numbers")));

        await Database.ExecuteAsync("UPDATE {subscriptions} SET owner = NULL, lease_expires_at = NULL");
        await WaitForAsync(application, last);
        await AssertEachEventOnceAsync();
    }

    /// <summary>Another process takes the subscription, and keeps it.</summary>
    protected Task TakeOverAsync()
        => Database.ExecuteAsync("UPDATE {subscriptions} SET owner = 'another', epoch = epoch + 1, lease_expires_at = '9999-01-01 00:00:00.000'");

    /// <summary>Breaks a context's connection, and with it its transaction.</summary>
    protected static async Task BreakAsync(DbContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        await context.Database.GetDbConnection().CloseAsync();
    }
}
