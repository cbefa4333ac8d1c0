using EventStore.EF.Schema;
using EventStore.EF.Subscriptions.Leases;

namespace EventStore.EF.Specification;

/// <summary>Ownership of a subscription, without any heartbeat: what the statements alone guarantee.</summary>
public abstract class LeaseSpecification(StoreFixture fixture) : LeaseSuite(fixture)
{
    [Fact]
    public async Task A_new_subscription_is_made_when_it_is_first_taken_and_its_checkpoint_is_kept()
    {
        var first = Process();
        var lease = await first.AcquireAsync(Key);
        Assert.Equal((0, 1, null, 1), (lease.Position, lease.Epoch, lease.StreamId, lease.Partitions));
        await first.Checkpoints.WriteAsync(lease, 7, Ct);
        await first.Leases.ReleaseAsync(lease, Ct);

        var again = await Process().AcquireAsync(Key);
        Assert.Equal((7, 2), (again.Position, again.Epoch));
    }

    [Fact]
    public async Task A_held_partition_is_not_taken_by_another_process_nor_twice_by_one()
    {
        var first = Process();
        var lease = await first.AcquireAsync(Key);
        Assert.Null(await first.TryAcquireAsync(Key));
        Assert.Null(await Process().TryAcquireAsync(Key));
        Assert.True(lease.IsHeld);

        await first.Leases.ReleaseAsync(lease, Ct);
        await Process().AcquireAsync(Key);
    }

    [Fact]
    public async Task Subscriptions_of_one_name_to_different_streams_are_different_ones()
    {
        var process = Process();
        var all = await process.AcquireAsync(Key);
        var stream = await process.AcquireAsync(Key with { Stream = "order-1" });
        await process.Checkpoints.WriteAsync(all, 5, Ct);
        await process.Checkpoints.WriteAsync(stream, 2, Ct);

        Assert.Equal((5, 2), (await CheckpointOf("$all"), await CheckpointOf("order-1")));

        Task<long> CheckpointOf(string what) => Database.ScalarAsync<long>($"SELECT position FROM {{subscriptions}} WHERE stream = '{what}'");
    }

    [Fact]
    public async Task Of_many_processes_that_take_it_at_once_exactly_one_does()
    {
        var processes = Enumerable.Range(0, 8).Select(_ => Process()).ToArray();
        for (var round = 0; round < 10; round++)
        {
            // In every other round it must be made as well.
            if (round % 2 == 0)
                await Database.ExecuteAsync("DELETE FROM {subscriptions}");

            var outcomes = await AtOnceAsync(processes.Length, index => processes[index].TryAcquireAsync(Key));
            Assert.All(outcomes, outcome => Assert.Null(outcome.Exception));
            var winner = Assert.Single(Enumerable.Range(0, processes.Length), index => outcomes[index].Result is not null);
            Assert.Equal(1, await Database.ScalarAsync<long>("SELECT count(*) FROM {subscriptions}"));
            Assert.Equal(processes[winner].Leases.Owner, await Database.ScalarAsync<string>("SELECT owner FROM {subscriptions}"));
            await processes[winner].Leases.ReleaseAsync(outcomes[winner].Result!, Ct);
        }
    }

    [Fact]
    public async Task It_is_taken_over_when_the_lease_has_run_out_by_the_database_s_clock_and_not_before()
    {
        var lease = await Process().AcquireAsync(Key);
        var next = Process();
        await Database.ExecuteAsync("UPDATE {subscriptions} SET lease_expires_at = '9999-01-01 00:00:00.000'");
        Assert.Null(await next.TryAcquireAsync(Key));

        await Database.ExecuteAsync($"UPDATE {{subscriptions}} SET lease_expires_at = {Database.Clock}");
        Assert.Equal(lease.Epoch + 1, (await next.AcquireAsync(Key)).Epoch);
    }

    [Fact]
    public async Task A_former_owner_changes_nothing()
    {
        var former = Process();
        var lease = await former.AcquireAsync(Key);
        var row = new ParkedRow(3, "key", Guid.NewGuid(), 3, "failed", 1);
        await former.Parked.ParkAsync(lease, [row], 3, Ct);
        var (_, taken) = await TakeOverAsync();

        await former.Leases.FailAsync(lease, "from before", Ct);
        await former.Leases.ReleaseAsync(lease, Ct);
        foreach (var write in (Func<Task>[])
        [
            () => former.Checkpoints.WriteAsync(lease, 9, Ct),
            () => former.Checkpoints.SetStreamAsync(lease, 4711, Ct),
            () => former.Checkpoints.StartOverAsync(lease, 4711, Ct),
            () => former.Parked.ParkAsync(lease, [row with { Place = 4 }], 9, Ct),
            () => former.Parked.ReplayedAsync(lease, row, Ct),
            () => former.Parked.ReplayFailedAsync(lease, row, "from before", isTried: true, Ct),
        ])
            Assert.Equal("orders", (await Assert.ThrowsAsync<SubscriptionLostException>(write)).Name);

        Assert.Equal(LeaseEnd.TakenOver, lease.LostBecause);
        Assert.True(lease.Lost.IsCancellationRequested && lease.Held.IsCancellationRequested);
        Assert.Equal(
            (3L, taken.Epoch, 1L, 0L, 1L),
            (await PositionAsync(), await Database.ScalarAsync<long>("SELECT epoch FROM {subscriptions}"), await Database.ScalarAsync<long>("SELECT count(owner) FROM {subscriptions}"),
                await Database.ScalarAsync<long>("SELECT count(last_error) + count(stream_id) FROM {subscriptions}"),
                await Database.ScalarAsync<long>("SELECT count(*) FROM {parked_events} WHERE error = 'failed' AND attempts = 1")));
    }

    [Fact]
    public async Task A_projection_s_checkpoint_is_written_with_its_transaction_or_not_at_all_and_never_twice()
    {
        var process = Process();
        var lease = await process.AcquireAsync(Key);
        await using var connection = await Database.OpenAsync();
        await using (var transaction = await connection.BeginTransactionAsync(Ct))
        {
            Assert.True(await process.Checkpoints.ProjectAsync(connection, transaction, lease, 3, 5, Ct));
            await transaction.RollbackAsync(Ct);
        }

        Assert.Equal(0, await PositionAsync());
        await using (var transaction = await connection.BeginTransactionAsync(Ct))
        {
            Assert.True(await process.Checkpoints.ProjectAsync(connection, transaction, lease, 3, 5, Ct));
            await transaction.CommitAsync(Ct);
        }

        Assert.Equal(5, await process.Checkpoints.PositionAsync(lease, Ct));
        await using (var again = await connection.BeginTransactionAsync(Ct))
            Assert.False(await process.Checkpoints.ProjectAsync(connection, again, lease, 3, 5, Ct));

        await TakeOverAsync();
        await using (var transaction = await connection.BeginTransactionAsync(Ct))
            Assert.False(await process.Checkpoints.ProjectAsync(connection, transaction, lease, 6, 6, Ct));

        Assert.Equal(5, await PositionAsync());
        await Assert.ThrowsAsync<SubscriptionLostException>(() => process.Checkpoints.PositionAsync(lease, Ct));
    }

    [Fact]
    public async Task A_checkpoint_never_goes_backwards_and_clears_the_error()
    {
        var process = Process();
        var lease = await process.AcquireAsync(Key);
        await process.Leases.FailAsync(lease, "handler failed", Ct);
        Assert.Equal(2, await Database.ScalarAsync<long>("SELECT count(last_error) + count(last_error_at) FROM {subscriptions}"));

        await process.Checkpoints.WriteAsync(lease, 8, Ct);
        await process.Checkpoints.WriteAsync(lease, 5, Ct);
        Assert.Equal(8, await PositionAsync());
        Assert.Equal(0, await Database.ScalarAsync<long>("SELECT count(last_error) + count(last_error_at) FROM {subscriptions}"));
    }

    [Fact]
    public async Task A_lease_that_ran_out_and_that_nobody_took_still_writes()
    {
        var process = Process();
        var lease = await process.AcquireAsync(Key);
        await RunOutAsync();
        await process.Checkpoints.WriteAsync(lease, 4, Ct);

        Assert.Equal(4, await PositionAsync());
        Assert.Null(await Process().TryAcquireAsync(Key));
    }

    [Fact]
    public async Task All_partitions_are_made_at_once_and_taken_one_by_one()
    {
        var (first, second) = (Process(), Process());
        var leases = new[] { await first.AcquireAsync(Key with { Partition = 2 }, partitions: 4), await second.AcquireAsync(Key, partitions: 4) };

        Assert.Equal(4, await Database.ScalarAsync<long>("SELECT count(*) FROM {subscriptions} WHERE partitions = 4"));
        Assert.NotEqual(leases[0].Id, leases[1].Id);
        Assert.Null(await second.TryAcquireAsync(Key with { Partition = 2 }, partitions: 4));
    }

    [Fact]
    public async Task Another_number_of_partitions_than_the_subscription_was_made_with_is_refused()
    {
        var process = Process();
        await process.AcquireAsync(Key, partitions: 4);
        var exception = await Assert.ThrowsAsync<SubscriptionRepartitionedException>(
            () => process.TryAcquireAsync(Key with { Partition = 1 }, partitions: 3));
        Assert.Equal((3, 4), (exception.Configured, exception.Partitions));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => process.TryAcquireAsync(Key with { Partition = 4 }, partitions: 4));
    }

    [Fact]
    public async Task Of_processes_that_make_it_at_once_with_different_numbers_of_partitions_one_decides()
    {
        var processes = Enumerable.Range(1, 6).Select(_ => Process()).ToArray();
        for (var round = 0; round < 5; round++)
        {
            var key = Key with { Name = $"round-{round}" };
            var outcomes = await AtOnceAsync(processes.Length, index => processes[index].TryAcquireAsync(key with { Partition = index }, partitions: index + 1));
            Assert.Single(outcomes, outcome => outcome.Result is not null);
            Assert.All(
                outcomes,
                outcome => Assert.True(outcome.Exception is null or SubscriptionRepartitionedException, outcome.Exception?.ToString()));
            var rows = await Database.ScalarAsync<long>($"SELECT count(*) FROM {{subscriptions}} WHERE name = 'round-{round}'");
            Assert.Equal(rows, await Database.ScalarAsync<long>($"SELECT min(partitions) FROM {{subscriptions}} WHERE name = 'round-{round}'"));
            Assert.Equal(rows, await Database.ScalarAsync<long>($"SELECT max(partitions) FROM {{subscriptions}} WHERE name = 'round-{round}'"));
        }
    }

    [Fact]
    public async Task A_stream_that_was_made_anew_starts_over_with_nothing_parked()
    {
        var process = Process();
        var lease = await process.AcquireAsync(Key with { Stream = "order-1" });
        await process.Checkpoints.SetStreamAsync(lease, 17, Ct);
        await process.Parked.ParkAsync(lease, [new(3, "key", Guid.NewGuid(), 3, "failed", 1)], 3, Ct);
        Assert.Equal(17, lease.StreamId);

        await process.Checkpoints.StartOverAsync(lease, 18, Ct);
        Assert.Equal((18, 0L, 18L, 0L), (lease.StreamId, await PositionAsync(), await Database.ScalarAsync<long>("SELECT stream_id FROM {subscriptions}"), await Database.ScalarAsync<long>("SELECT count(*) FROM {parked_events}")));
    }
}
