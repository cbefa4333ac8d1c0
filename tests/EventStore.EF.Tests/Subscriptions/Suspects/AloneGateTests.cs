using EventStore.EF.Subscriptions.Processing;
using Microsoft.Extensions.Time.Testing;

namespace EventStore.EF.Tests.Subscriptions.Suspects;

public sealed class AloneGateTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Whoever_is_alone_waits_for_those_that_run_and_those_that_come_wait_for_it()
    {
        var gate = new AloneGate(TimeProvider.System);
        Assert.True(gate.TryEnter());
        var alone = gate.TryEnterAloneAsync(Ct).AsTask();
        Assert.False(alone.IsCompleted);
        Assert.False(gate.TryEnter());
        var beside = gate.EnterAsync(Ct).AsTask();
        gate.Exit();
        Assert.True(await alone);
        Assert.False(beside.IsCompleted);
        gate.ExitAlone();
        await beside;
        gate.Exit();
    }

    [Fact]
    public async Task Whoever_waits_too_long_for_others_is_not_alone_and_the_others_go_on()
    {
        var time = new FakeTimeProvider();
        var gate = new AloneGate(time);
        Assert.True(gate.TryEnter());
        var alone = gate.TryEnterAloneAsync(Ct).AsTask();
        time.Advance(TimeSpan.FromMinutes(1));
        Assert.False(await alone);
        Assert.True(gate.TryEnter());
    }

    [Fact]
    public async Task Never_do_others_run_beside_the_one_that_is_alone()
    {
        var (gate, running, isAlone, violations) = (new AloneGate(TimeProvider.System), 0, 0, 0);
        await Task.WhenAll(Enumerable.Range(0, 8).Select(index => Task.Run(async () =>
        {
            for (var round = 0; round < 500; round++)
            {
                if (index > 1)
                {
                    await gate.EnterAsync(Ct);
                    Interlocked.Increment(ref running);
                    if (Volatile.Read(ref isAlone) != 0)
                        Interlocked.Increment(ref violations);

                    await Task.Yield();
                    Interlocked.Decrement(ref running);
                    gate.Exit();
                }
                else if (await gate.TryEnterAloneAsync(Ct))
                {
                    Interlocked.Increment(ref isAlone);
                    if (Volatile.Read(ref running) != 0)
                        Interlocked.Increment(ref violations);

                    await Task.Yield();
                    Interlocked.Decrement(ref isAlone);
                    gate.ExitAlone();
                }
            }
        }, Ct)));
        Assert.Equal(0, violations);
    }
}
