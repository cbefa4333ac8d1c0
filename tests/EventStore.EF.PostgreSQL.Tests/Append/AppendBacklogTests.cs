using EventStore.EF.Append;
using EventStore.EF.PostgreSQL.Append;
using EventStore.EF.Storage;

namespace EventStore.EF.PostgreSQL.Tests.Append;

/// <summary>What goes together and what waits, without a server.</summary>
public sealed class AppendBacklogTests
{
    private const int MaxBytes = 10_000;

    private readonly AppendBacklog _backlog = new(MaxBytes);

    [Fact]
    public void Appends_to_different_streams_go_together_in_the_order_of_their_coming()
    {
        var (first, second) = (Add("a", ExpectedVersion.Any), Add("b", 3));

        Assert.Equal([[first], [second]], Take());
        Assert.True(_backlog.IsEmpty);
    }

    [Fact]
    public void Appends_to_one_stream_that_go_wherever_it_is_share_a_slot()
    {
        var (first, second, third) = (Add("a", 3), Add("a", ExpectedVersion.Any), Add("a", ExpectedVersion.StreamExists));

        Assert.Equal([[first, second, third]], Take());
    }

    [Fact]
    public void An_append_that_must_find_a_version_never_follows_another_of_its_stream()
    {
        var (first, late, other) = (Add("a", ExpectedVersion.Any), Add("a", 1), Add("b", ExpectedVersion.Any));
        Assert.Equal([[first], [other]], Take());
        Assert.False(_backlog.IsEmpty);

        _backlog.Free("a");
        Assert.Equal([[late]], Take());
    }

    [Fact]
    public void What_comes_for_a_busy_stream_stays_behind_it_and_comes_first_afterwards()
    {
        _backlog.Occupy("a");
        var (behind, other) = (Add("a", ExpectedVersion.Any), Add("b", ExpectedVersion.Any));
        Assert.Equal([[other]], Take());
        Assert.True(_backlog.IsEmpty);

        var (later, returned) = (Add("c", ExpectedVersion.Any), new PendingWrite([Plan("a", ExpectedVersion.Any, 1)], CancellationToken.None));
        _backlog.PutBehind("a", [returned]);
        _backlog.Free("a");
        Assert.Equal([[returned, behind], [later]], Take());
    }

    [Fact]
    public void A_group_takes_no_more_events_than_it_may_but_one_append_of_any_size()
    {
        var (large, small) = (Add("a", ExpectedVersion.Any, events: 2000), Add("b", ExpectedVersion.Any));

        Assert.Equal([[large]], Take());
        Assert.Equal([[small]], Take());
    }

    [Fact]
    public void A_group_takes_no_more_bytes_than_it_may_but_one_append_of_any_size()
    {
        var (large, first, second, third) = (
            Add("a", ExpectedVersion.Any, size: MaxBytes + 1), Add("b", ExpectedVersion.Any, size: MaxBytes - 10), Add("c", ExpectedVersion.Any, size: 10),
            Add("d", ExpectedVersion.Any, size: 1));

        Assert.Equal([[large]], Take());
        Assert.Equal([[first], [second]], Take());
        Assert.Equal([[third]], Take());
    }

    [Fact]
    public void An_append_never_passes_an_earlier_one_of_its_stream_that_did_not_fit()
    {
        var (first, large, small) = (
            Add("a", ExpectedVersion.Any, size: MaxBytes - 10), Add("b", ExpectedVersion.Any, size: 20), Add("b", ExpectedVersion.Any, size: 1));
        Assert.Equal([[first]], Take());
        Assert.Equal([[large, small]], Take());

        var (one, expecting, any) = (Add("c", ExpectedVersion.Any), Add("c", 1), Add("c", ExpectedVersion.Any));
        Assert.Equal([[one]], Take());
        _backlog.Free("c");
        Assert.Equal([[expecting, any]], Take());
    }

    [Fact]
    public async Task A_cancelled_append_is_left_out()
    {
        using var cancellation = new CancellationTokenSource();
        var cancelled = new PendingWrite([Plan("a", ExpectedVersion.Any, 1)], cancellation.Token);
        _backlog.Add(cancelled);
        var other = Add("b", ExpectedVersion.Any);
        await cancellation.CancelAsync();

        Assert.Equal([[other]], Take());
        Assert.True(cancelled.Task.IsCanceled);
    }

    [Fact]
    public async Task An_append_that_was_put_back_can_be_cancelled_again()
    {
        using var cancellation = new CancellationTokenSource();
        var write = new PendingWrite([Plan("a", ExpectedVersion.Any, 1)], cancellation.Token);
        Assert.True(write.TryTake());
        Assert.False(write.TryTake());
        write.PutBack();
        await cancellation.CancelAsync();

        Assert.True(write.Task.IsCanceled);
        Assert.False(write.TryTake());
    }

    [Fact]
    public async Task Whatever_waits_fails_with_the_store()
    {
        _backlog.Occupy("a");
        var (behind, waiting) = (Add("a", ExpectedVersion.Any), Add("b", 1));
        Assert.Equal([[waiting]], Take());
        waiting = Add("c", ExpectedVersion.Any);
        _backlog.Fail(new ObjectDisposedException("store"));

        await Assert.ThrowsAsync<ObjectDisposedException>(() => behind.Task);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => waiting.Task);
        Assert.Empty(Take());
    }

    private PendingWrite Add(string stream, ExpectedVersion expected, int events = 1, int size = 0)
    {
        var write = new PendingWrite([Plan(stream, expected, events, size)], CancellationToken.None);
        _backlog.Add(write);
        return write;
    }

    private PendingWrite[][] Take() => [.. (_backlog.Take()?.Slots ?? []).Select(slot => slot.Writes.ToArray())];

    private static AppendPlan Plan(string stream, ExpectedVersion expected, int events, int size = 0) => new(
        stream, expected,
        [.. Enumerable.Range(0, events).Select(_ => new PlannedEvent(Guid.CreateVersion7(), "numbered", 1, new byte[size], null, IsJson: true, null, null, null))]);
}
