using System.Diagnostics;
using HdrHistogram;

namespace EventStore.EF.Benchmarks;

/// <summary>
/// Operations that arrive at random moments of a mean rate (a Poisson process), whether or not earlier ones are done: what users do to a
/// server. Each one's latency counts from the moment at which it was to arrive, so a system that falls behind can't hide it.
/// </summary>
/// <param name="PerSecond">The mean rate.</param>
/// <param name="Count">How many arrive.</param>
/// <param name="Seed">Of the moments: the same for store and floor.</param>
internal sealed record Arrivals(double PerSecond, int Count, int Seed)
{
    /// <summary>Latencies are kept to a thousandth, from a microsecond to ten minutes.</summary>
    private const int Digits = 3;

    private static readonly long Longest = TimeStamp.Minutes(10);

    public async Task<ArrivalTimes> RunAsync(Func<Task> operation)
    {
        GC.Collect();
        var run = new Run(operation, Count);
        var arriving = new Thread(() => Arrive(run)) { IsBackground = true, Priority = ThreadPriority.AboveNormal };
        arriving.Start();
        await run.Done;
        return new(run.Latencies, Stopwatch.GetElapsedTime(run.LastArrival));
    }

    private void Arrive(Run run)
    {
        var random = new Random(Seed);
        var due = (double)Stopwatch.GetTimestamp();
        for (var arrived = 0; arrived < Count; arrived++)
        {
            due += -Math.Log(1 - random.NextDouble()) / PerSecond * Stopwatch.Frequency;
            Nap.Until((long)due);
            run.LastArrival = (long)due;
            ThreadPool.UnsafeQueueUserWorkItem(static state => _ = state.Run.OperateAsync(state.Due), (Run: run, Due: (long)due), preferLocal: false);
        }
    }

    private sealed class Run(Func<Task> operation, int count)
    {
        private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _left = count;
        private long _lastArrival;

        public Task Done => _done.Task;

        public LongConcurrentHistogram Latencies { get; } = new(1, Longest, Digits);

        public long LastArrival
        {
            get => Volatile.Read(ref _lastArrival);
            set => Volatile.Write(ref _lastArrival, value);
        }

        public async Task OperateAsync(long due)
        {
            try
            {
                await operation();
                Latencies.RecordValue(Math.Clamp(Stopwatch.GetTimestamp() - due, 1, Longest));
                if (Interlocked.Decrement(ref _left) == 0)
                    _done.TrySetResult();
            }
            catch (Exception exception)
            {
                // One failure is none too few: the case fails.
                _done.TrySetException(exception);
            }
        }
    }
}
