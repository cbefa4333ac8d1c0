using EventStore.EF.Schema;
using EventStore.EF.Storage;
using EventStore.EF.Subscriptions.Definitions;
using EventStore.EF.Subscriptions.Leases;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace EventStore.EF.Specification;

/// <summary>Nothing of an owner is written any more once its subscription has another number of partitions, or another name.</summary>
public abstract class ShapeFenceSpecification(StoreFixture fixture) : LeaseSuite(fixture)
{
    /// <summary>A partition that stays, and one that is removed.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    public async Task An_owner_of_the_old_number_writes_nothing(int partition)
    {
        await Events.AppendManyAsync("order-1", ExpectedVersion.NoStream, Numbered(5), Ct);
        var owner = Process();
        var lease = await owner.AcquireAsync(Key with { Partition = partition }, partitions: 4);
        await Process().Administration.RepartitionAsync(Key.Name, 2, cancellationToken: Ct);

        await AssertWritesNothingAsync(owner, lease);
        var lost = await Assert.ThrowsAsync<SubscriptionRepartitionedException>(() => owner.Checkpoints.WriteAsync(lease, 5, Ct));
        Assert.Equal((4, 2), (lost.Configured, lost.Partitions));
        Assert.Equal(LeaseEnd.Repartitioned, lease.LostBecause);
        owner.Leases.Forget(lease);
        await Assert.ThrowsAsync<SubscriptionRepartitionedException>(() => owner.Leases.TryAcquireAgainAsync(lease.Key, 4, Ct));
        Assert.Equal(0, await PositionAsync());
    }

    [Fact]
    public async Task An_owner_under_the_old_name_writes_nothing()
    {
        await Events.AppendManyAsync("order-1", ExpectedVersion.NoStream, Numbered(5), Ct);
        var owner = Process();
        var lease = await owner.AcquireAsync(Key);
        await Process().Administration.RenameAsync(Key.Name, "renamed", cancellationToken: Ct);

        await AssertWritesNothingAsync(owner, lease);
        var lost = await Assert.ThrowsAsync<SubscriptionRenamedException>(() => owner.Checkpoints.WriteAsync(lease, 5, Ct));
        Assert.Equal(("orders", "renamed"), (lost.Name.Value, lost.NewName.Value));
        owner.Leases.Forget(lease);
        var gone = await Assert.ThrowsAsync<SubscriptionRenamedException>(() => owner.Leases.TryAcquireAgainAsync(Key, 1, Ct));
        Assert.Equal("renamed", gone.NewName.Value);
        Assert.Equal(0, await PositionAsync());
    }

    [Fact]
    public async Task The_heartbeat_tells_an_owner_what_became_of_its_subscription()
    {
        var owner = Process().Start();
        var first = await owner.AcquireAsync(Key, partitions: 2);
        var last = await owner.AcquireAsync(Key with { Partition = 1 }, partitions: 2);
        var renamed = await owner.AcquireAsync(Key with { Name = "others" });
        await Process().Administration.RepartitionAsync(Key.Name, 1, cancellationToken: Ct);
        await Process().Administration.RenameAsync("others", "renamed", cancellationToken: Ct);
        foreach (var lease in (Lease[])[first, last, renamed])
            await CancelledAsync(lease.Lost);

        Assert.Equal(
            [LeaseEnd.Repartitioned, LeaseEnd.Repartitioned, LeaseEnd.Renamed],
            (LeaseEnd?[])[first.LostBecause, last.LostBecause, renamed.LostBecause]);
    }

    [Fact]
    public async Task A_number_that_was_changed_and_changed_back_is_as_a_rewind_to_an_owner()
    {
        var (owner, other) = (Process(), Process());
        var leases = new List<Lease>();
        for (var partition = 0; partition < 3; partition++)
            leases.Add(await owner.AcquireAsync(Key with { Partition = partition }, partitions: 3));

        await other.Administration.RepartitionAsync(Key.Name, 1, cancellationToken: Ct);
        await other.Administration.RepartitionAsync(Key.Name, 3, cancellationToken: Ct);
        foreach (var lease in leases)
        {
            await Assert.ThrowsAsync<SubscriptionLostException>(() => owner.Checkpoints.WriteAsync(lease, 5, Ct));
            Assert.Equal(LeaseEnd.Rewound, lease.LostBecause);
            owner.Leases.Forget(lease);
            Assert.NotNull(await owner.Leases.TryAcquireAgainAsync(lease.Key, 3, Ct));
        }
    }

    [Fact]
    public async Task A_stand_by_of_the_old_number_is_called_while_somebody_else_owns_the_partition()
    {
        var (owner, standby) = (Process(), Process().Start());
        await owner.AcquireAsync(Key, partitions: 2);
        var turn = standby.Leases.WaitForTurnAsync(Key, 2, Ct);
        await owner.Administration.RepartitionAsync(Key.Name, 3, cancellationToken: Ct);
        await Process().AcquireAsync(Key, partitions: 3);
        await turn.WaitAsync(TimeSpan.FromSeconds(30), Ct);
    }

    [Fact]
    public async Task What_is_known_of_events_that_end_a_process_is_kept()
    {
        var owner = Process();
        var first = await owner.AcquireAsync(Key, partitions: 2);
        var second = await owner.AcquireAsync(Key with { Partition = 1 }, partitions: 2);
        await owner.Leases.SuspectAsync(first, Suspicion.Parse(isSuspected: true, alone: 7, ends: "7:1 9:2"), Ct);
        await owner.Leases.SuspectAsync(second, Suspicion.Parse(isSuspected: false, alone: null, ends: "8:1"), Ct);

        // Its owner lives, and the event has not ended it.
        await Process().Administration.RepartitionAsync(Key.Name, 3, cancellationToken: Ct);
        var lease = await owner.Leases.TryAcquireAsync(Key with { Partition = 2 }, default, 3, Ct);
        Assert.True(lease!.Suspicion is { IsSuspected: true, Alone: null });
        Assert.Equal("7:1 8:1 9:2", lease.Suspicion.EndsText);

        // This one's has ended with it.
        await owner.Leases.SuspectAsync(lease, lease.Suspicion.Begin(7), Ct);
        await RunOutAsync();
        await Process().Administration.RepartitionAsync(Key.Name, 1, cancellationToken: Ct);
        Assert.Equal("7:2 8:1 9:2", (await Process().AcquireAsync(Key)).Suspicion.EndsText);
    }

    private static async Task AssertWritesNothingAsync(LeaseProcess owner, Lease lease)
    {
        var contexts = owner.Store.Host.Services.GetRequiredService<IDbContextFactory<EventStoreDbContext>>();
        await using var connection = await StoreConnection.OpenAsync(contexts, Ct);
        await using (var transaction = await connection.Connection.BeginTransactionAsync(Ct))
        {
            Assert.False(await owner.Checkpoints.ProjectAsync(connection.Connection, transaction, lease, 1, 1, Ct));
            Assert.False(await owner.Checkpoints.HoldAsync(connection.Connection, transaction, lease, 5, Ct));
        }

        Assert.True(LeaseEnds.IsForGood(await Assert.ThrowsAnyAsync<EventStoreException>(() => owner.Checkpoints.PositionAsync(lease, Ct))));
        Assert.True(LeaseEnds.IsForGood(await Assert.ThrowsAnyAsync<EventStoreException>(
            () => owner.Parked.ParkAsync(lease, [new(1, "key", Guid.NewGuid(), 1, "error", 1)], 1, Ct))));
    }
}
