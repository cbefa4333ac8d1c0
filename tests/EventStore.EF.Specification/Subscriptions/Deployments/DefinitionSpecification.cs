using EventStore.EF.Storage;
using EventStore.EF.Subscriptions.Definitions;
using EventStore.EF.Subscriptions.Leases;
using Microsoft.Extensions.DependencyInjection;

namespace EventStore.EF.Specification;

/// <summary>Everything that an owner writes is fenced by what the subscription handles.</summary>
public abstract class DefinitionSpecification(StoreFixture fixture) : LeaseSuite(fixture)
{
    private static HandledTypes Placed { get; } = HandledTypes.Of([("order-placed", 1)]);

    private static HandledTypes Renamed { get; } = HandledTypes.Of([("order-placed", 1), ("order-renamed", 1)]);

    [Fact]
    public async Task An_owner_of_an_older_definition_moves_the_checkpoint_no_further_than_what_was_there_before_the_new_one()
    {
        await Events.AppendManyAsync("order-1", ExpectedVersion.NoStream, Numbered(5), Ct);
        var (owner, other) = (Process(), Process());
        await DeclareAsync(owner, Placed);
        var lease = await owner.AcquireAsync(Key);
        await DeclareAsync(other, Renamed);
        await Events.AppendManyAsync("order-1", ExpectedVersion.Any, Numbered(5, 6), Ct);

        await owner.Leases.CheckpointAsync(lease, 10, Ct);
        Assert.Equal(5, await PositionAsync());
        Assert.True(lease.IsRedefined);
    }

    [Fact]
    public async Task After_two_changes_an_owner_of_the_first_definition_moves_nothing()
    {
        await Events.AppendManyAsync("order-1", ExpectedVersion.NoStream, Numbered(5), Ct);
        var (owner, other) = (Process(), Process());
        await DeclareAsync(owner, Placed);
        var lease = await owner.AcquireAsync(Key);
        await DeclareAsync(other, Renamed);
        await DeclareAsync(Process(), HandledTypes.Of([("order-shipped", 1)]));

        await Assert.ThrowsAsync<SubscriptionLostException>(() => owner.Leases.CheckpointAsync(lease, 5, Ct));
        Assert.Equal(LeaseEnd.Redefined, lease.LostBecause);
        Assert.Equal(0, await PositionAsync());
    }

    [Fact]
    public async Task Nothing_else_of_an_owner_of_an_older_definition_is_written()
    {
        var (owner, other) = (Process(), Process());
        await DeclareAsync(owner, Placed);
        var lease = await owner.AcquireAsync(Key);
        await DeclareAsync(other, Renamed);

        await using var context = await owner.Store.CreateContextAsync();
        await using var connection = await StoreConnection.OpenAsync(owner.Store.Host.Services.GetRequiredService<Microsoft.EntityFrameworkCore.IDbContextFactory<EventStoreDbContext>>(), Ct);
        await using (var transaction = await connection.Connection.BeginTransactionAsync(Ct))
        {
            Assert.False(await owner.Leases.ProjectAsync(connection.Connection, transaction, lease, 1, 1, Ct));
            Assert.False(await owner.Leases.HoldAsync(connection.Connection, transaction, lease, null, Ct));
        }

        await Assert.ThrowsAsync<SubscriptionLostException>(() => owner.Leases.PositionAsync(lease, Ct));
        await Assert.ThrowsAsync<SubscriptionLostException>(() => owner.Leases.SetStreamAsync(lease, 1, Ct));
        await Assert.ThrowsAsync<SubscriptionLostException>(() => owner.Parked.ParkAsync(lease, [new(1, "key", Guid.NewGuid(), 1, "error", 1)], 1, Ct));
    }

    [Fact]
    public async Task A_definition_grows_by_what_each_build_handles_and_changes_its_number_only_then()
    {
        Assert.True(await DeclareAsync(Process(), Renamed) || await NumberAsync() == 1);
        Assert.False(await DeclareAsync(Process(), Placed));
        Assert.Equal(1, await NumberAsync());
        Assert.True(await DeclareAsync(Process(), HandledTypes.Of([("order-placed", 2)])));
        Assert.Equal(2, await NumberAsync());
    }

    [Fact]
    public async Task Many_builds_that_start_at_once_lose_nothing_of_each_other()
    {
        var processes = Enumerable.Range(0, 8).Select(_ => Process()).ToArray();
        await AtOnceAsync(8, index => DeclareAsync(processes[index], HandledTypes.Of([($"type-{index}", 1)])));
        var info = await Events.Subscriptions.FindAsync(Key.Name, cancellationToken: Ct);
        Assert.Equal(Enumerable.Range(0, 8).Select(index => $"type-{index}"), info!.Handles);
    }

    private Task<long> NumberAsync() => Database.ScalarAsync<long>("SELECT max(definition) FROM {subscriptions}");

    private static Task<bool> DeclareAsync(LeaseProcess process, HandledTypes handles)
        => process.Leases.Definitions.DeclareAsync(Key, "Handler", handles, [], SubscriptionStart.Origin, 1, Ct);
}
