using System.Globalization;
using EventStore.EF.States;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace EventStore.EF.Specification;

/// <summary>What outlives or serves several callers takes over nothing from the one who happens to start it.</summary>
public abstract class CallersContextSpecification(StoreFixture fixture) : RunningSuite(fixture)
{
    private static readonly AsyncLocal<string?> Mark = new();
    private static readonly CultureInfo Foreign = CultureInfo.GetCultureInfo("ar-SA");

    [Fact]
    public async Task Selectors_and_handlers_run_in_nobody_s_context_whoever_subscribed_or_started_the_host()
    {
        var selected = new List<(string? Mark, CultureInfo Culture)>();
        var handled = new List<(string? Mark, CultureInfo Culture)>();
        var recorder = new Recorder
        {
            OnHandling = (_, _) =>
            {
                handled.Add(Current());
                return Task.CompletedTask;
            },
        };
        await using var subscription = await MarkedAsync(async () =>
        {
            await HostAsync(recorder);
            return await Events.SubscribeAsync("selecting", new()
            {
                Selector = _ =>
                {
                    selected.Add(Current());
                    return true;
                },
            }, Ct);
        });
        await MarkedAsync(() => AppendAsync("order-1", 1));
        await subscription.HandleAsync(1);
        await recorder.WaitForAsync(1, Ct);

        Assert.All([.. selected, .. handled], seen =>
        {
            Assert.Null(seen.Mark);
            Assert.NotEqual(Foreign, seen.Culture);
        });
        Assert.NotEmpty(selected);
    }

    [Fact]
    public async Task Timers_of_what_is_shared_are_made_in_nobody_s_context()
    {
        var time = new WatchedTime();
        var process = Process(builder => builder.Services.AddSingleton<TimeProvider>(time));
        await using var subscription = await MarkedAsync(() => process.Events.SubscribeAsync(Name, cancellationToken: Ct));
        await AppendAsync("order-1", 1);
        await subscription.HandleAsync(1);

        // The lease's, for one, which is made while subscribing.
        Assert.NotEmpty(time.Timers);
        Assert.DoesNotContain("caller", time.Timers);
    }

    [Fact]
    public async Task A_snapshot_in_the_background_is_recorded_in_nobody_s_context()
    {
        await using var recorder = new SnapshotRecorder(NullLogger.Instance);
        var snapshots = new WatchedSnapshots();
        await MarkedAsync(() =>
        {
            recorder.Record(
                snapshots, "order-1", "sum", () => new() { Source = "order-1", Type = "sum", Version = 1, Payload = "1"u8.ToArray() });
            return Task.FromResult(true);
        });
        await recorder.WhenIdleAsync();

        Assert.Equal([null], snapshots.Recorded);
    }

    private static (string? Mark, CultureInfo Culture) Current() => (Mark.Value, CultureInfo.CurrentCulture);

    private static async Task<T> MarkedAsync<T>(Func<Task<T>> work)
    {
        Mark.Value = "caller";
        CultureInfo.CurrentCulture = Foreign;
        return await work();
    }

    /// <summary>Notes in whose context each timer runs that lasts longer than a call: those without a due time.</summary>
    private sealed class WatchedTime : TimeProvider
    {
        private readonly Lock _lock = new();

        public List<string?> Timers { get; } = [];

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            if (dueTime == Timeout.InfiniteTimeSpan)
            {
                lock (_lock)
                    Timers.Add(ExecutionContext.IsFlowSuppressed() ? null : Mark.Value);
            }

            return base.CreateTimer(callback, state, dueTime, period);
        }
    }

    private sealed class WatchedSnapshots : ISnapshots
    {
        public List<string?> Recorded { get; } = [];

        public Task<bool> RecordAsync(Snapshot snapshot, CancellationToken cancellationToken = default)
        {
            Recorded.Add(Mark.Value);
            return Task.FromResult(true);
        }

        public Task<Snapshot?> FindAsync(StreamName source, string type, CancellationToken cancellationToken = default)
            => throw new NotSupportedException();

        public Task DeleteAsync(StreamName source, string type, CancellationToken cancellationToken = default) => throw new NotSupportedException();
    }
}
