using EventStore.EF.Subscriptions.Leases;
using Microsoft.EntityFrameworkCore;

namespace EventStore.EF.Specification;

/// <summary>Events that wait in a table: parked with the checkpoint, replayed in order, discarded.</summary>
public abstract class ParkedEventSpecification(StoreFixture fixture) : LeaseSuite(fixture)
{
    [Fact]
    public async Task Events_and_checkpoint_are_written_together_and_a_new_owner_knows_the_keys()
    {
        var (process, lease) = await OwnAsync();
        await process.Parked.ParkAsync(lease, [Row(3, "a", "boom"), Row(5, "a"), Row(6, "b", "bang")], 6, Ct);
        Assert.Equal(6, await PositionAsync());

        var (next, taken) = await TakeOverAsync();
        Assert.Equal(6, taken.Position);
        Assert.Equal(["a", "b"], (await next.Parked.KeysAsync(taken, Ct)).Order(StringComparer.Ordinal));
        await using var context = await Store.CreateContextAsync();
        Assert.Equal(
            [(3L, "a", "boom", 1), (5, "a", null, 0), (6, "b", "bang", 1)],
            (await context.ParkedEvents.OrderBy(row => row.Place).ToListAsync(Ct)).Select(row => (row.Place, row.Key, row.Error, row.Attempts)));
        Assert.Empty(context.ChangeTracker.Entries());
    }

    [Fact]
    public async Task Without_a_checkpoint_only_the_events_are_written()
    {
        var (process, lease) = await OwnAsync();
        await process.Checkpoints.WriteAsync(lease, 2, Ct);
        await process.Parked.ParkAsync(lease, [Row(9, "a", "boom")], null, Ct);
        Assert.Equal((2L, 1L), (await PositionAsync(), await CountAsync()));
    }

    [Fact]
    public async Task Parking_again_keeps_the_older_row()
    {
        var (process, lease) = await OwnAsync();
        var row = Row(3, "a", "first");
        await process.Parked.ParkAsync(lease, [row], 3, Ct);
        await process.Parked.ParkAsync(lease, [row with { Error = "second", Attempts = 9 }, Row(4, "a")], 4, Ct);
        Assert.Equal((4L, 2L, 1L), (await PositionAsync(), await CountAsync(), await CountAsync("error = 'first' AND attempts = 1")));
    }

    [Fact]
    public async Task A_replayed_event_is_taken_out_in_a_projection_s_transaction_once_and_by_the_owner_only()
    {
        var (process, lease) = await OwnAsync();
        await process.Parked.ParkAsync(lease, [Row(3, "a", "boom"), Row(4, "a")], 4, Ct);
        await process.Administration.ReplayParkedAsync("orders", cancellationToken: Ct);
        var next = (await process.Parked.NextReplayAsync(lease, Ct))!;
        await using var connection = await Database.OpenAsync();
        await using (var undone = await connection.BeginTransactionAsync(Ct))
        {
            Assert.True(await process.Parked.ProjectAsync(connection, undone, lease, next, Ct));
            await undone.RollbackAsync(Ct);
        }

        Assert.True(await process.Parked.IsParkedAsync(lease, next, Ct));
        await using (var transaction = await connection.BeginTransactionAsync(Ct))
        {
            Assert.True(await process.Parked.ProjectAsync(connection, transaction, lease, next, Ct));
            await transaction.CommitAsync(Ct);
        }

        Assert.False(await process.Parked.IsParkedAsync(lease, next, Ct));
        await using (var again = await connection.BeginTransactionAsync(Ct))
            Assert.False(await process.Parked.ProjectAsync(connection, again, lease, next, Ct));

        var second = (await process.Parked.NextReplayAsync(lease, Ct))!;
        await TakeOverAsync();
        await using (var late = await connection.BeginTransactionAsync(Ct))
            Assert.False(await process.Parked.ProjectAsync(connection, late, lease, second, Ct));

        await Assert.ThrowsAsync<SubscriptionLostException>(() => process.Parked.IsParkedAsync(lease, second, Ct));
    }

    [Fact]
    public async Task Nothing_is_replayed_until_somebody_asks_and_then_in_order()
    {
        var (process, lease) = await OwnAsync();
        await process.Parked.ParkAsync(lease, [Row(3, "a", "boom"), Row(4, "b", "bang"), Row(5, "a"), Row(6, "b")], 6, Ct);
        Assert.Null(await process.Parked.NextReplayAsync(lease, Ct));

        Assert.Equal(4, await Process().Administration.ReplayParkedAsync("orders", cancellationToken: Ct));
        var replayed = new List<(long Place, bool IsKeyFree)>();
        while (await process.Parked.NextReplayAsync(lease, Ct) is { } row)
            replayed.Add((row.Place, await process.Parked.ReplayedAsync(lease, row, Ct)));

        Assert.Equal([(3, false), (4, false), (5, true), (6, true)], replayed);
        Assert.Equal((0L, 6L), (await CountAsync(), await PositionAsync()));
    }

    [Fact]
    public async Task A_replay_of_one_key_leaves_the_others()
    {
        var (process, lease) = await OwnAsync();
        await process.Parked.ParkAsync(lease, [Row(3, "a", "boom"), Row(4, "b", "bang"), Row(5, "b")], 5, Ct);
        Assert.Equal(2, await process.Administration.ReplayParkedAsync("orders", "b", cancellationToken: Ct));
        Assert.Equal(0, await process.Administration.ReplayParkedAsync("orders", "c", cancellationToken: Ct));
        Assert.Equal(0, await process.Administration.ReplayParkedAsync("orders", "b", cancellationToken: Ct));

        Assert.Equal(4, (await process.Parked.NextReplayAsync(lease, Ct))!.Place);
        Assert.Equal(1, await CountAsync("NOT is_replay_requested"));
    }

    [Fact]
    public async Task More_events_than_one_transaction_changes_are_replayed_and_discarded()
    {
        const int Many = 5001;
        var (process, lease) = await OwnAsync();
        await process.Parked.ParkAsync(lease, [.. Enumerable.Range(1, Many).Select(place => Row(place, "a", "boom"))], 1, Ct);

        Assert.Equal(Many, await process.Administration.ReplayParkedAsync("orders", cancellationToken: Ct));
        Assert.Equal(0, await CountAsync("NOT is_replay_requested"));
        Assert.Equal(Many, await process.Administration.DiscardParkedAsync("orders", "a", cancellationToken: Ct));
        Assert.Equal(0, await CountAsync());
    }

    [Fact]
    public async Task While_many_replays_are_requested_each_key_is_requested_with_all_its_events_or_with_none()
    {
        const int Many = 12_000;
        string[] keys = ["", "a", "b", "c", "d"];
        var (process, lease) = await OwnAsync();
        await process.Parked.ParkAsync(lease, [.. Enumerable.Range(1, Many).Select(place => Row(place, keys[place % 5], "boom"))], 1, Ct);

        var requesting = Task.Run(() => process.Administration.ReplayParkedAsync("orders", cancellationToken: Ct), Ct);
        var mixed = 0L;
        while (!requesting.IsCompleted)
        {
            mixed += await Database.ScalarAsync<long>(
                "SELECT count(*) FROM (SELECT key FROM {parked_events} GROUP BY key HAVING count(DISTINCT is_replay_requested) > 1) AS k");
        }

        Assert.Equal(Many, await requesting);
        Assert.Equal(0, mixed);
        Assert.Equal(0, await CountAsync("NOT is_replay_requested"));
    }

    [Fact]
    public async Task What_parks_behind_a_key_that_is_being_replayed_is_replayed_too()
    {
        var (process, lease) = await OwnAsync();
        await process.Parked.ParkAsync(lease, [Row(3, "a", "boom")], 3, Ct);
        await process.Administration.ReplayParkedAsync("orders", "a", cancellationToken: Ct);
        await process.Parked.ParkAsync(lease, [Row(7, "a"), Row(8, "b", "bang")], 8, Ct);

        var first = await process.Parked.NextReplayAsync(lease, Ct);
        Assert.False(await process.Parked.ReplayedAsync(lease, first!, Ct));
        var second = await process.Parked.NextReplayAsync(lease, Ct);
        Assert.Equal(7, second!.Place);
        Assert.True(await process.Parked.ReplayedAsync(lease, second, Ct));
        Assert.Null(await process.Parked.NextReplayAsync(lease, Ct));
    }

    [Fact]
    public async Task Events_parked_together_behind_their_keys_follow_their_keys_or_are_replayed_if_nothing_is_before_them()
    {
        var (process, lease) = await OwnAsync();
        await process.Parked.ParkAsync(lease, [Row(1, "ö\"'", "boom"), Row(2, "replayed", "bang")], 2, Ct);
        await process.Administration.ReplayParkedAsync("orders", "replayed", cancellationToken: Ct);
        await process.Parked.ParkAsync(
            lease,
            [
                Row(3, "ö\"'"), Row(4, "replayed"), Row(5, "discarded"), Row(6, "discarded"), Row(7, "ö\"'"),
                Row(8, "ending") with { IsReplayed = true }, Row(1, "ö\"'"),
            ],
            null,
            Ct);

        await using var context = await Store.CreateContextAsync();
        var rows = await context.ParkedEvents.OrderBy(row => row.Place).ToListAsync(Ct);
        Assert.Equal(
            [
                (1L, "ö\"'", "boom"), (2, "replayed", "bang"), (3, "ö\"'", null), (4, "replayed", null), (5, "discarded", null), (6, "discarded", null),
                (7, "ö\"'", null), (8, "ending", null),
            ],
            rows.Select(row => (row.Place, row.Key, row.Error)));
        Assert.Equal(5, await CountAsync("is_replay_requested AND place IN (2, 4, 5, 6, 8)"));
        Assert.Equal(3, await CountAsync("NOT is_replay_requested AND attempts < 2 AND position = place"));
    }

    [Fact]
    public async Task An_event_that_fails_again_stays_with_all_of_its_key_until_somebody_asks_once_more()
    {
        var (process, lease) = await OwnAsync();
        await process.Parked.ParkAsync(lease, [Row(3, "a", "boom"), Row(4, "b", "bang"), Row(5, "a")], 5, Ct);
        await process.Administration.ReplayParkedAsync("orders", cancellationToken: Ct);
        await process.Parked.ReplayFailedAsync(lease, (await process.Parked.NextReplayAsync(lease, Ct))!, "boom again", isTried: true, Ct);

        Assert.Equal(4, (await process.Parked.NextReplayAsync(lease, Ct))!.Place);
        Assert.Equal(1, await CountAsync("place = 3 AND error = 'boom again' AND attempts = 2"));
        Assert.Equal(2, await process.Administration.ReplayParkedAsync("orders", "a", cancellationToken: Ct));
        Assert.Equal(3, (await process.Parked.NextReplayAsync(lease, Ct))!.Place);
    }

    [Fact]
    public async Task The_owner_is_told_of_each_request()
    {
        var process = Process().Start();
        var lease = await process.AcquireAsync(Key);
        await process.Parked.ParkAsync(lease, [Row(3, "a", "boom"), Row(4, "b", "bang")], 4, Ct);
        Assert.Equal(0, lease.Replays);
        await Process().Administration.ReplayParkedAsync("orders", cancellationToken: Ct);
        await ChangedAsync(lease, changed => changed.Replays == 1);
        await Process().Administration.DiscardParkedAsync("orders", "a", cancellationToken: Ct);
        await ChangedAsync(lease, changed => changed.Replays == 2);
        Assert.Equal(["b"], await process.Parked.KeysAsync(lease, Ct));
    }

    private async Task<(LeaseProcess Process, Lease Lease)> OwnAsync()
    {
        var process = Process();
        return (process, await process.AcquireAsync(Key));
    }

    private static ParkedRow Row(long place, string key, string? error = null) => new(place, key, Guid.CreateVersion7(), place, error, error is null ? 0 : 1);

    private Task<long> CountAsync(string where = "true") => Database.ScalarAsync<long>($"SELECT count(*) FROM {{parked_events}} WHERE {where}");
}
