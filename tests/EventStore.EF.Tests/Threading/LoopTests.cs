using EventStore.EF.Threading;
using Microsoft.Extensions.Time.Testing;

namespace EventStore.EF.Tests.Threading;

/// <summary>What is known of a loop.</summary>
public sealed class LoopTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly Loop _loop;

    public LoopTests() => _loop = new("tail reader", _time);

    [Fact]
    public void A_loop_that_nobody_has_started_is_not_overdue()
    {
        _time.Advance(TimeSpan.FromDays(1));
        Assert.Equal((LoopPhase.NotStarted, TimeSpan.Zero), (_loop.Read().Phase, _loop.Read().Overdue));
    }

    [Fact]
    public void A_step_is_due_since_it_began()
    {
        _loop.Works();
        _time.Advance(TimeSpan.FromMinutes(3));
        Assert.Equal((LoopPhase.Working, TimeSpan.FromMinutes(3)), (_loop.Read().Phase, _loop.Read().Overdue));
    }

    [Fact]
    public void A_wait_is_due_when_its_time_is_over_and_never_without_one()
    {
        _loop.Waits(TimeSpan.FromSeconds(1));
        _time.Advance(TimeSpan.FromSeconds(4));
        Assert.Equal(TimeSpan.FromSeconds(3), _loop.Read().Overdue);

        _loop.Waits();
        _time.Advance(TimeSpan.FromDays(1));
        Assert.Equal(TimeSpan.Zero, _loop.Read().Overdue);
    }

    [Fact]
    public async Task A_loop_that_ends_by_an_exception_has_failed_and_one_that_is_cancelled_has_not()
    {
        await Assert.ThrowsAsync<InvalidOperationException>(
            () => _loop.RunAsync(_ => throw new InvalidOperationException("boom"), CancellationToken.None));
        Assert.Equal((LoopPhase.Failed, "boom"), (_loop.Read().Phase, _loop.Read().Reason?.Message));

        using var stopping = new CancellationTokenSource();
        var running = _loop.RunAsync(ct => Task.Delay(Timeout.InfiniteTimeSpan, _time, ct), stopping.Token);
        await stopping.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        Assert.Equal(LoopPhase.Ended, _loop.Read().Phase);
    }
}
