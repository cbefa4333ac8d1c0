using EventStore.EF.Operations;
using Microsoft.Extensions.Time.Testing;

namespace EventStore.EF.Tests.Operations;

/// <summary>However many callers look, the store is read once per interval.</summary>
public sealed class SharedReadTests
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly FakeTimeProvider _time = new();
    private readonly SharedRead<int> _shared;
    private Func<CancellationToken, Task<int>> _read;
    private int _reads;

    public SharedReadTests()
    {
        _read = _ => Task.FromResult(_reads);
        _shared = new(
            ct =>
            {
                Interlocked.Increment(ref _reads);
                return _read(ct);
            },
            Interval, Patience, _time);
    }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_result_counts_until_the_interval_is_over()
    {
        Assert.Equal(1, await _shared.GetAsync(Ct));
        _time.Advance(Interval - TimeSpan.FromMilliseconds(1));
        Assert.Equal(1, await _shared.GetAsync(Ct));
        _time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal(2, await _shared.GetAsync(Ct));
    }

    [Fact]
    public async Task Those_who_ask_while_a_read_is_under_way_share_it_however_long_it_takes()
    {
        var answer = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
        _read = _ => answer.Task;
        var asked = new List<Task<int>>();
        for (var caller = 0; caller < 100; caller++)
        {
            asked.Add(_shared.GetAsync(Ct));
            _time.Advance(TimeSpan.FromMilliseconds(200));
        }

        answer.SetResult(7);
        Assert.All(await Task.WhenAll(asked), result => Assert.Equal(7, result));
        Assert.Equal(1, _reads);
    }

    [Fact]
    public async Task A_failure_counts_until_the_interval_is_over_too()
    {
        _read = _ => throw new InvalidOperationException("away");
        await Assert.ThrowsAsync<InvalidOperationException>(() => _shared.GetAsync(Ct));
        await Assert.ThrowsAsync<InvalidOperationException>(() => _shared.GetAsync(Ct));
        Assert.Equal(1, _reads);

        _read = _ => Task.FromResult(_reads);
        _time.Advance(Interval);
        Assert.Equal(2, await _shared.GetAsync(Ct));
    }

    [Fact]
    public async Task A_caller_who_gives_up_ends_nobody_else_s_read()
    {
        var answer = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
        _read = _ => answer.Task;
        using var impatient = new CancellationTokenSource();
        var first = _shared.GetAsync(impatient.Token);
        var second = _shared.GetAsync(Ct);
        await impatient.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);

        answer.SetResult(7);
        Assert.Equal(7, await second);
        Assert.Equal(1, _reads);
    }

    [Fact]
    public async Task A_read_that_takes_too_long_is_given_up()
    {
        var reading = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _read = async ct =>
        {
            reading.SetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, _time, ct);
            return 0;
        };
        var asked = _shared.GetAsync(Ct);
        await reading.Task;
        _time.Advance(Patience);

        var exception = await Assert.ThrowsAsync<EventStoreUnavailableException>(() => asked);
        Assert.Contains("within 30 seconds", exception.Message, StringComparison.Ordinal);
        Assert.False(exception.OutcomeUnknown);
    }
}
