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

        await owner.Checkpoints.WriteAsync(lease, 10, Ct);
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

        await Assert.ThrowsAsync<SubscriptionLostException>(() => owner.Checkpoints.WriteAsync(lease, 5, Ct));
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
            Assert.False(await owner.Checkpoints.ProjectAsync(connection.Connection, transaction, lease, 1, 1, Ct));
            Assert.False(await owner.Checkpoints.HoldAsync(connection.Connection, transaction, lease, null, Ct));
        }

        await Assert.ThrowsAsync<SubscriptionLostException>(() => owner.Checkpoints.PositionAsync(lease, Ct));
        await Assert.ThrowsAsync<SubscriptionLostException>(() => owner.Checkpoints.SetStreamAsync(lease, 1, Ct));
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

    [Fact]
    public async Task A_start_waits_until_an_owner_of_an_older_definition_has_released_the_partition()
    {
        var (owner, other) = (Process(), Process());
        var lease = await OwnThenRedefineAsync(owner, other);
        var waiting = WaitAsync(other);
        await other.Store.Log.WaitForAsync(IsWaiting, Ct);
        Assert.False(waiting.IsCompleted);
        await owner.Leases.ReleaseAsync(lease, Ct);
        await waiting;
    }

    [Fact]
    public async Task A_start_waits_for_a_dead_owner_no_longer_than_its_lease()
    {
        var (owner, other) = (Process(), Process());
        await OwnThenRedefineAsync(owner, other);
        var waiting = WaitAsync(other);
        await other.Store.Log.WaitForAsync(IsWaiting, Ct);
        await RunOutAsync();
        await waiting;
    }

    [Fact]
    public async Task A_start_waits_for_a_dead_owner_no_longer_if_the_clock_of_the_database_was_set_back()
    {
        var (owner, other) = (Process(), Process());
        await OwnThenRedefineAsync(owner, other);
        await Database.ExecuteAsync("UPDATE {subscriptions} SET lease_expires_at = '2101-01-01 00:00:00.000', lease_seconds = 1.5");
        await WaitAsync(other);
        Assert.Contains(other.Store.Log.Lines, IsWaiting);
    }

    [Fact]
    public async Task A_start_does_not_wait_for_the_last_events_of_an_owner_that_has_seen_the_definition()
    {
        var (owner, other) = (Process(configure: options => options.LeaseDuration = TimeSpan.FromSeconds(3)), Process());
        await OwnThenRedefineAsync(owner, other);
        owner.Start();
        await WaitAsync(other);
        Assert.NotNull(await Database.ScalarAsync<string>("SELECT owner FROM {subscriptions}"));
    }

    [Fact]
    public async Task A_start_does_not_wait_for_an_owner_that_took_the_partition_with_the_definition()
    {
        var (owner, other) = (Process(), Process());
        var lease = await OwnThenRedefineAsync(owner, other);
        await owner.Leases.ReleaseAsync(lease, Ct);
        await RunOutAsync();
        await owner.AcquireAsync(Key);
        await WaitAsync(other);
        Assert.DoesNotContain(other.Store.Log.Lines, IsWaiting);
    }

    private static async Task<Lease> OwnThenRedefineAsync(LeaseProcess owner, LeaseProcess other)
    {
        await DeclareAsync(owner, Placed);
        var lease = await owner.AcquireAsync(Key);
        await DeclareAsync(other, Renamed);
        return lease;
    }

    private static Task WaitAsync(LeaseProcess process) => new UnawareOwners(
        process.Leases, process.Store.Host.Services.GetRequiredService<IStorage>(),
        process.Store.Host.Services.GetRequiredService<StorageAccess>(), TimeProvider.System, process.Store.Log)
        .WaitAsync([Key], Ct);

    private static bool IsWaiting(TestLogLine line) => line.Message.StartsWith("The start waits until ", StringComparison.Ordinal);

    private Task<long> NumberAsync() => Database.ScalarAsync<long>("SELECT max(definition) FROM {subscriptions}");

    private static Task<bool> DeclareAsync(LeaseProcess process, HandledTypes handles)
        => process.Leases.Definitions.DeclareAsync(Key, "Handler", handles, [], SubscriptionStart.Origin, 1, Ct);
}
