using EventStore.EF.Schema;
using EventStore.EF.Subscriptions.Leases;

namespace EventStore.EF.Specification;

/// <summary>What anybody sees of subscriptions, and does to them, from any process.</summary>
public abstract class SubscriptionAdministrationSpecification(StoreFixture fixture) : LeaseSuite(fixture)
{
    private ISubscriptionAdministration Administration => Events.Subscriptions;

    [Fact]
    public async Task A_subscription_is_told_with_its_place_head_lag_and_owner()
    {
        var appended = await Events.AppendManyAsync("order-1", ExpectedVersion.NoStream, Numbered(10), Ct);
        var process = Process();
        var lease = await process.AcquireAsync(Key);
        await process.Checkpoints.WriteAsync(lease, appended.FirstPosition + 5, Ct);

        var info = await Administration.FindAsync("orders", cancellationToken: Ct);
        Assert.NotNull(info);
        Assert.Equal(("orders", null, appended.FirstPosition + 5, appended.LastPosition, 4, SubscriptionStatus.Running), (info.Name, info.Stream, info.Position, info.Head, info.LagEvents, info.Status));
        Assert.InRange(info.LagTime, TimeSpan.Zero, TimeSpan.FromMinutes(5));
        var partition = Assert.Single(info.Partitions);
        Assert.Equal((0, info.Position, process.Leases.Owner, 1), (partition.Partition, partition.Position, partition.Owner, partition.Epoch));
        Assert.InRange(partition.LeaseExpiresAt!.Value, info.CreatedAt, info.CreatedAt + TimeSpan.FromMinutes(5));
    }

    [Fact]
    public async Task The_lag_in_time_is_the_age_of_the_first_event_behind_the_checkpoint()
    {
        var old = (await Events.AppendManyAsync([new StreamAppend("order-1", ExpectedVersion.NoStream, Numbered(2)) { CreatedAt = await Database.NowAsync() - TimeSpan.FromHours(3) }], Ct))[0];
        await Events.AppendManyAsync("order-2", ExpectedVersion.NoStream, Numbered(1), Ct);
        var process = Process();
        var lease = await process.AcquireAsync(Key);
        Assert.InRange((await Administration.FindAsync("orders", cancellationToken: Ct))!.LagTime, TimeSpan.FromHours(3), TimeSpan.FromHours(3.1));

        await process.Checkpoints.WriteAsync(lease, old.LastPosition, Ct);
        Assert.InRange((await Administration.FindAsync("orders", cancellationToken: Ct))!.LagTime, TimeSpan.Zero, TimeSpan.FromMinutes(5));
        await process.Checkpoints.WriteAsync(lease, old.LastPosition + 1, Ct);
        var done = await Administration.FindAsync("orders", cancellationToken: Ct);
        Assert.Equal((0, TimeSpan.Zero), (done!.LagEvents, done.LagTime));
    }

    [Fact]
    public async Task In_a_stream_place_head_and_lag_count_its_numbers_links_included()
    {
        await Events.AppendManyAsync([new StreamAppend("other", ExpectedVersion.NoStream, Numbered(3)) { CreatedAt = await Database.NowAsync() - TimeSpan.FromHours(3) }], Ct);
        await Events.AppendManyAsync("order-1", ExpectedVersion.NoStream, Numbered(2), Ct);
        await Events.LinkAsync("order-1", 2, await ReadAsync("other"), Ct);
        var process = Process();
        var lease = await process.AcquireAsync(Key with { Stream = "order-1" });
        await process.Checkpoints.WriteAsync(lease, 3, Ct);

        var info = await Administration.FindAsync("orders", "order-1", Ct);
        Assert.Equal(("order-1", 3L, 5L, 2), (info!.Stream!.Value.Value, info.Position, info.Head, info.LagEvents));
        Assert.InRange(info.LagTime, TimeSpan.FromHours(3), TimeSpan.FromHours(3.1));
        Assert.Null(await Administration.FindAsync("orders", cancellationToken: Ct));
        Assert.Null(await Administration.FindAsync("orders", "order-2", Ct));
    }

    [Fact]
    public async Task A_subscription_to_a_stream_that_is_missing_or_was_made_anew_is_behind_all_of_it()
    {
        var process = Process();
        var missing = await process.AcquireAsync(Key with { Stream = "order-1" });
        Assert.Equal((0, 0), await LagAsync());

        await process.Events.AppendManyAsync("order-1", ExpectedVersion.NoStream, Numbered(4), Ct);
        await process.Checkpoints.SetStreamAsync(missing, await Database.ScalarAsync<long>("SELECT id FROM {streams}"), Ct);
        await process.Checkpoints.WriteAsync(missing, 4, Ct);
        Assert.Equal((4, 0), await LagAsync());

        await process.Events.Streams.HardDeleteAsync("order-1", 4, Ct);
        await process.Events.AppendManyAsync("order-1", ExpectedVersion.NoStream, Numbered(3), Ct);
        Assert.Equal((3, 3), await LagAsync());

        async Task<(long Head, int Lag)> LagAsync()
        {
            var info = await Administration.FindAsync("orders", "order-1", Ct);
            return (info!.Head, info.LagEvents);
        }
    }

    [Fact]
    public async Task The_status_says_who_works_on_it_and_how_it_goes()
    {
        var process = Process();
        var lease = await process.AcquireAsync(Key, partitions: 2);
        Assert.Equal(SubscriptionStatus.Stopped, (await Administration.FindAsync("orders", cancellationToken: Ct))!.Status);

        var second = await process.AcquireAsync(Key with { Partition = 1 }, partitions: 2);
        Assert.Equal(SubscriptionStatus.Running, (await Administration.FindAsync("orders", cancellationToken: Ct))!.Status);

        await process.Leases.FailAsync(second, "handler failed", Ct);
        var failing = await Administration.FindAsync("orders", cancellationToken: Ct);
        Assert.Equal((SubscriptionStatus.Failing, "handler failed"), (failing!.Status, failing.LastError));
        Assert.InRange(failing.LastErrorAt!.Value, failing.CreatedAt, failing.CreatedAt + TimeSpan.FromMinutes(5));

        await Administration.PauseAsync("orders", cancellationToken: Ct);
        Assert.Equal(SubscriptionStatus.Paused, (await Administration.FindAsync("orders", cancellationToken: Ct))!.Status);
        await Administration.ResumeAsync("orders", cancellationToken: Ct);
        await process.Checkpoints.WriteAsync(second, 0, Ct);
        Assert.Equal(SubscriptionStatus.Running, (await Administration.FindAsync("orders", cancellationToken: Ct))!.Status);

        await RunOutAsync();
        var dead = await Administration.FindAsync("orders", cancellationToken: Ct);
        Assert.Equal(SubscriptionStatus.Stopped, dead!.Status);
        Assert.All(dead.Partitions, partition => Assert.Equal((null, null), (partition.Owner, partition.LeaseExpiresAt)));
        Assert.True(lease.IsHeld);
    }

    [Fact]
    public async Task All_subscriptions_are_listed_by_name_with_their_partitions_and_parked_events()
    {
        var process = Process();
        for (var number = 0; number < 130; number++)
            await process.AcquireAsync(new($"subscription-{number:000}", number % 2 == 0 ? EventStoreModel.All : "order-1", 0));

        await process.AcquireAsync(new("subscription-050", "order-2", 0));
        var wide = await process.AcquireAsync(new("subscription-129", "wide", 1), partitions: 3);
        await process.Parked.ParkAsync(wide, [new(1, "a", Guid.NewGuid(), 1, "boom", 1), new(2, "a", Guid.NewGuid(), 2, null, 0)], 2, Ct);

        var infos = await Administration.ListAsync(Ct).ToListAsync(Ct);
        Assert.Equal(132, infos.Count);
        Assert.Equal(infos.OrderBy(info => info.Name.Value, StringComparer.Ordinal).ThenBy(info => info.Stream?.Value ?? "$all", StringComparer.Ordinal), infos);
        Assert.Equal((3, 2, 0L), (infos[^1].Partitions.Count, infos[^1].ParkedCount, infos[^1].Position));
        Assert.Equal([0, 2, 0], infos[^1].Partitions.Select(partition => partition.Position));
        Assert.All(infos.SkipLast(1), info => Assert.Single(info.Partitions));
    }

    [Fact]
    public async Task What_is_not_there_is_not_found_and_deleting_it_is_fine()
    {
        foreach (var operation in (Func<Task>[])
        [
            () => Administration.PauseAsync("nobody", cancellationToken: Ct),
            () => Administration.ResumeAsync("nobody", "order-1", Ct),
            () => Administration.RewindAsync("nobody", 0, ParkedEventHandling.Discard, cancellationToken: Ct),
            () => Administration.ReplayParkedAsync("nobody", cancellationToken: Ct),
            () => Administration.DiscardParkedAsync("nobody", "a", cancellationToken: Ct),
            () => Administration.DiscardParkedAsync("nobody", Guid.NewGuid(), cancellationToken: Ct),
            () => Administration.WaitForAsync("nobody", 1, TimeSpan.Zero, cancellationToken: Ct),
        ])
            Assert.Equal("nobody", (await Assert.ThrowsAsync<SubscriptionNotFoundException>(operation)).Name);

        await Administration.DeleteAsync("nobody", cancellationToken: Ct);
        Assert.Null(await Administration.FindAsync("nobody", cancellationToken: Ct));
        Assert.Empty(await Administration.ListAsync(Ct).ToListAsync(Ct));
        Assert.Empty(await Administration.ListParkedAsync("nobody", cancellationToken: Ct).ToListAsync(Ct));
    }

    [Fact]
    public async Task A_rewind_fences_the_owner_at_once_and_keeps_or_discards_what_is_parked()
    {
        await Events.AppendManyAsync("order-1", ExpectedVersion.NoStream, Numbered(9), Ct);
        var process = Process();
        foreach (var (handling, left) in new[] { (ParkedEventHandling.Keep, 1L), (ParkedEventHandling.Discard, 0L) })
        {
            var lease = await process.AcquireAsync(Key);
            await process.Parked.ParkAsync(lease, [new(3, "a", Guid.NewGuid(), 3, "boom", 1)], 5, Ct);
            await Administration.RewindAsync("orders", 2, handling, cancellationToken: Ct);
            await Assert.ThrowsAsync<SubscriptionLostException>(() => process.Checkpoints.WriteAsync(lease, 7, Ct));
            Assert.Equal((LeaseEnd.Rewound, 2L, left), (lease.LostBecause, await PositionAsync(), await Database.ScalarAsync<long>("SELECT count(*) FROM {parked_events}")));
            process.Leases.Forget(lease);
        }

        Assert.Equal(2, (await Process().AcquireAsync(Key)).Position);
    }

    [Fact]
    public async Task A_rewind_beyond_the_last_event_is_refused()
    {
        await Events.AppendManyAsync("order-1", ExpectedVersion.NoStream, Numbered(3), Ct);
        var process = Process();
        await process.AcquireAsync(Key);
        await process.AcquireAsync(Key with { Stream = "order-1" });
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => Administration.RewindAsync("orders", 1_000_000, ParkedEventHandling.Keep, cancellationToken: Ct));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => Administration.RewindAsync("orders", 4, ParkedEventHandling.Keep, "order-1", Ct));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => Administration.RewindAsync("orders", -1, ParkedEventHandling.Keep, cancellationToken: Ct));
        await Administration.RewindAsync("orders", 3, ParkedEventHandling.Keep, "order-1", Ct);
        Assert.Equal(3, (await Administration.FindAsync("orders", "order-1", Ct))!.Position);
    }

    [Fact]
    public async Task A_deletion_takes_checkpoint_and_parked_events_along_and_the_name_may_be_made_anew()
    {
        var process = Process();
        var lease = await process.AcquireAsync(Key, partitions: 2);
        await process.Parked.ParkAsync(lease, [new(3, "a", Guid.NewGuid(), 3, "boom", 1)], 5, Ct);
        var other = await process.AcquireAsync(Key with { Stream = "order-1" });
        await Administration.DeleteAsync("orders", cancellationToken: Ct);
        await Administration.DeleteAsync("orders", cancellationToken: Ct);

        Assert.Equal(0, await Database.ScalarAsync<long>("SELECT count(*) FROM {parked_events}"));
        await Assert.ThrowsAsync<SubscriptionDeletedException>(() => process.Checkpoints.WriteAsync(lease, 6, Ct));
        await process.Checkpoints.WriteAsync(other, 1, Ct);
        Assert.Equal(0, (await Process().AcquireAsync(Key, partitions: 1)).Position);
    }

    [Fact]
    public async Task Parked_events_are_listed_in_order_with_what_they_are_and_why()
    {
        await Events.AppendManyAsync("order-1", ExpectedVersion.NoStream, Numbered(3), Ct);
        var events = await ReadAsync("order-1");
        var process = Process();
        var lease = await process.AcquireAsync(Key);
        await process.Parked.ParkAsync(
            lease, [.. events.Select(@event => new ParkedRow(@event.Position, "order-1", @event.EventId, @event.Position, @event.StreamVersion == 1 ? "boom" : null, @event.StreamVersion == 1 ? 8 : 0))], 3, Ct);
        var listed = await Administration.ListParkedAsync("orders", cancellationToken: Ct).ToListAsync(Ct);

        Assert.Equal([1, 2, 3], listed.Select(parked => parked.Event!.As<Numbered>().Number));
        Assert.Equal(events.Select(@event => (@event.EventId, @event.Position, @event.Position)), listed.Select(parked => (parked.EventId, parked.Position, parked.Number)));
        Assert.Equal([("order-1", "boom", 8), ("order-1", null, 0), ("order-1", null, 0)], listed.Select(parked => (parked.Key, parked.Error, parked.Attempts)));
        Assert.All(listed, parked => Assert.False(parked.IsReplayRequested));
        Assert.All(listed, parked => Assert.InRange(parked.ParkedAt, events[0].CreatedAt, events[0].CreatedAt + TimeSpan.FromMinutes(5)));

        await Administration.ReplayParkedAsync("orders", cancellationToken: Ct);
        Assert.All(await Administration.ListParkedAsync("orders", cancellationToken: Ct).ToListAsync(Ct), parked => Assert.True(parked.IsReplayRequested));
    }

    [Fact]
    public async Task Many_parked_events_are_listed_page_by_page()
    {
        var process = Process();
        var lease = await process.AcquireAsync(Key);
        await process.Parked.ParkAsync(lease, [.. Enumerable.Range(1, 450).Select(place => new ParkedRow(place, "a", Guid.NewGuid(), place, null, 0))], null, Ct);
        Assert.Equal(Enumerable.Range(1, 450).Select(place => (long)place), (await Administration.ListParkedAsync("orders", cancellationToken: Ct).ToListAsync(Ct)).Select(parked => parked.Number));
    }

    [Fact]
    public async Task A_parked_event_that_was_removed_from_the_store_stays_in_the_list_without_its_content()
    {
        await Events.AppendManyAsync("order-1", ExpectedVersion.NoStream, Numbered(1), Ct);
        var @event = Assert.Single(await ReadAsync("order-1"));
        var process = Process();
        await process.Parked.ParkAsync(await process.AcquireAsync(Key), [new(@event.Position, "order-1", @event.EventId, @event.Position, "boom", 1)], 1, Ct);
        await process.Events.Streams.HardDeleteAsync("order-1", 1, Ct);

        var parked = Assert.Single(await Administration.ListParkedAsync("orders", cancellationToken: Ct).ToListAsync(Ct));
        Assert.Equal((null, @event.EventId, "boom"), (parked.Event, parked.EventId, parked.Error));
    }

    [Fact]
    public async Task Parked_events_are_discarded_by_key_or_one_by_one()
    {
        var process = Process();
        var lease = await process.AcquireAsync(Key);
        var id = Guid.CreateVersion7();
        await process.Parked.ParkAsync(
            lease, [new(1, "a", Guid.NewGuid(), 1, "boom", 1), new(2, "a", Guid.NewGuid(), 2, null, 0), new(3, "b", id, 3, "bang", 1), new(4, "b", Guid.NewGuid(), 4, null, 0)], 4, Ct);
        Assert.Equal(2, await Administration.DiscardParkedAsync("orders", "a", cancellationToken: Ct));
        Assert.Equal(1, await Administration.DiscardParkedAsync("orders", id, cancellationToken: Ct));
        Assert.Equal(0, await Administration.DiscardParkedAsync("orders", id, cancellationToken: Ct));
        Assert.Equal([4], (await Administration.ListParkedAsync("orders", cancellationToken: Ct).ToListAsync(Ct)).Select(parked => parked.Number));
    }
}
