using EventStore.EF.Threading;
using Xunit;

namespace EventStore.EF.Tests.Threading;

/// <summary>Nobody who waits for a change misses it.</summary>
public sealed class PulseTests
{
    [Fact]
    public void A_change_between_the_look_and_the_wait_wakes_the_waiter()
    {
        var pulse = new Pulse();
        var next = pulse.Next;

        pulse.Set();

        Assert.True(next.IsCompletedSuccessfully);
    }

    [Fact]
    public void One_change_wakes_all_who_wait_and_nobody_who_comes_later()
    {
        var pulse = new Pulse();
        var (first, second) = (pulse.Next, pulse.Next);

        pulse.Set();
        pulse.Set();

        Assert.True(first.IsCompletedSuccessfully && second.IsCompletedSuccessfully);
        Assert.False(pulse.Next.IsCompleted);
    }

    [Fact]
    public async Task A_waiter_that_looks_after_taking_the_task_never_hangs()
    {
        var pulse = new Pulse();
        var value = 0;
        const int Changes = 100_000;
        var waiting = Task.Run(async () =>
        {
            while (true)
            {
                var next = pulse.Next;
                if (Volatile.Read(ref value) == Changes)
                    return;

                await next;
            }
        }, TestContext.Current.CancellationToken);

        for (var i = 0; i < Changes; i++)
        {
            Interlocked.Increment(ref value);
            pulse.Set();
        }

        await waiting.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
    }
}
