using EventStore.EF.Schema;
using EventStore.EF.Subscriptions.Leases;

namespace EventStore.EF.Specification;

/// <summary>Several processes that each work on what partitions they get.</summary>
public abstract class PartitionSharingSpecification(StoreFixture fixture) : LeaseSuite(fixture)
{
    private const int Partitions = 6;

    private readonly Lock _lock = new();
    private readonly Dictionary<LeaseProcess, HashSet<int>> _owned = [];
    private TaskCompletionSource _changed = NewSignal();
    private bool _isDoublyOwned;

    [Fact]
    public async Task Three_processes_share_the_partitions_evenly_and_those_who_stay_take_over()
    {
        var first = Work(Process().Start());
        await OwnedAsync((first, 6));
        var second = Work(Process().Start());
        await OwnedAsync((first, 3), (second, 3));
        var third = Work(Process().Start());
        await OwnedAsync((first, 2), (second, 2), (third, 2));

        await EndAsync(first);
        await OwnedAsync((second, 3), (third, 3));
        Assert.False(_isDoublyOwned);
        Assert.Equal(0, await Database.ScalarAsync<long>("SELECT count(requested_by) FROM {subscriptions}"));
    }

    [Fact]
    public async Task A_subscription_of_one_partition_stays_where_it_is()
    {
        var (owner, next) = (Process().Start(), Process().Start());
        var lease = await owner.AcquireAsync(Key);
        var turn = next.Leases.WaitForTurnAsync(Key, 1, Ct);

        // Two looks of the stand-by, each after something else has changed.
        var other = await owner.AcquireAsync(Key with { Name = "others" });
        for (var look = 0; look < 2; look++)
        {
            var others = next.Leases.WaitForTurnAsync(Key with { Name = "others" }, 1, Ct);
            await owner.Leases.ReleaseAsync(other, Ct);
            await others.WaitAsync(TimeSpan.FromSeconds(30), Ct);
            other = await owner.AcquireAsync(Key with { Name = "others" });
        }

        Assert.False(lease.IsRequested || turn.IsCompleted);
    }

    [Fact]
    public async Task A_partition_that_was_asked_for_is_kept_for_the_one_who_asked_and_not_for_ever()
    {
        var (owner, asking, third) = (Process().Start(), Process().Start(), Process());
        var leases = new List<Lease>();
        for (var partition = 0; partition < 2; partition++)
            leases.Add(await owner.AcquireAsync(Key with { Partition = partition }, partitions: 2));

        var turns = leases.ConvertAll(lease => asking.Leases.WaitForTurnAsync(lease.Key, 2, Ct));
        await Task.WhenAny(leases.Select(lease => ChangedAsync(lease, changed => changed.IsRequested)));
        var asked = Assert.Single(leases, lease => lease.IsRequested);
        await owner.Leases.ReleaseAsync(asked, Ct);
        Assert.Null(await owner.TryAcquireAsync(asked.Key, partitions: 2));
        Assert.Null(await third.TryAcquireAsync(asked.Key, partitions: 2));

        await turns[leases.IndexOf(asked)].WaitAsync(TimeSpan.FromSeconds(30), Ct);
        var taken = await asking.AcquireAsync(asked.Key, partitions: 2);
        Assert.Equal(asked.Epoch + 1, taken.Epoch);

        await asking.Leases.ReleaseAsync(taken, Ct);
        await third.AcquireAsync(asked.Key, partitions: 2);
    }

    [Fact]
    public async Task A_partition_kept_for_one_who_never_comes_is_free_again()
    {
        var (owner, third) = (Process(), Process());
        var lease = await owner.AcquireAsync(Key, partitions: 2);
        await Database.ExecuteAsync("UPDATE {subscriptions} SET requested_by = 'dead'");
        await owner.Leases.ReleaseAsync(lease, Ct);
        Assert.Null(await third.TryAcquireAsync(Key, partitions: 2));

        await RunOutAsync();
        await third.AcquireAsync(Key, partitions: 2);
    }

    /// <summary>Has a process work on every partition that it gets, and give back what others ask for.</summary>
    private LeaseProcess Work(LeaseProcess process)
    {
        lock (_lock)
            _owned.Add(process, []);

        for (var partition = 0; partition < Partitions; partition++)
        {
            var key = Key with { Partition = partition };
            process.Run(ct => WorkAsync(process, key, ct));
        }

        return process;
    }

    private async Task WorkAsync(LeaseProcess process, SubscriptionKey key, CancellationToken ct)
    {
        while (true)
        {
            if (await process.Leases.TryAcquireAsync(key, SubscriptionStart.Origin, Partitions, ct) is not { } lease)
            {
                await process.Leases.WaitForTurnAsync(key, Partitions, ct);
                continue;
            }

            Note(process, key.Partition, isOwned: true);
            try
            {
                var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                lease.Changed += () =>
                {
                    if (lease.IsRequested)
                        asked.TrySetResult();
                };
                await asked.Task.WaitAsync(ct);
            }
            finally
            {
                Note(process, key.Partition, isOwned: false);
                await process.Leases.ReleaseAsync(lease, CancellationToken.None);
            }
        }
    }

    private void Note(LeaseProcess process, int partition, bool isOwned)
    {
        lock (_lock)
        {
            if (isOwned)
            {
                _isDoublyOwned |= _owned.Values.Any(others => others.Contains(partition));
                _owned[process].Add(partition);
            }
            else
            {
                _owned[process].Remove(partition);
            }

            _changed.TrySetResult();
            _changed = NewSignal();
        }
    }

    /// <summary>Waits until each process owns so many.</summary>
    private async Task OwnedAsync(params (LeaseProcess Process, int Count)[] wanted)
    {
        while (true)
        {
            Task changed;
            string state;
            lock (_lock)
            {
                if (Array.TrueForAll(wanted, want => _owned[want.Process].Count == want.Count))
                    return;

                changed = _changed.Task;
                state = string.Join(" / ", _owned.Values.Select(partitions => partitions.Count));
            }

            try
            {
                await changed.WaitAsync(TimeSpan.FromSeconds(30), Ct);
            }
            catch (TimeoutException)
            {
                throw new TimeoutException($"Nothing has moved for 30 seconds: {state}.");
            }
        }
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
