using System.Data.Common;
using EventStore.EF.Append;
using EventStore.EF.Read;
using EventStore.EF.Snapshots;
using EventStore.EF.States;
using EventStore.EF.Storage;
using EventStore.EF.Streams;
using EventStore.EF.Subscriptions.Administration;
using EventStore.EF.Subscriptions.Hosting;

namespace EventStore.EF.Store;

/// <summary>The store on a relational database.</summary>
internal sealed class RelationalEventStore(
    IStorage storage, StorageAccess access, EventPlanner planner, Appender appender, EventReader reader, StateStore states,
    UpdateRounds updates,
    StreamAdministration streams, SnapshotStore snapshots, StoreDatabase database, TransactionDatabase transactions,
    SubscriptionAdministration administration, SubscriptionEngine subscriptions)
    : EventStreams(storage, planner, appender, reader, states, updates, streams, snapshots, null), IEventStore
{
    private readonly Func<DbTransaction, TransactionalEventStore> _join = transaction => new(
        storage, planner, appender, reader, states, updates, streams.In(transaction), snapshots.In(transaction), transaction);

    public ISubscriptionAdministration Subscriptions => administration;

    public IAsyncEnumerable<RecordedEvent> ReadAllAsync(ReadOptions? options = null, CancellationToken cancellationToken = default)
    {
        options ??= ReadOptions.Default;
        options.Validate();
        return Reader.ReadAllAsync(options, cancellationToken);
    }

    public async Task<long> GetHeadAsync(CancellationToken cancellationToken = default)
        => await access.RunAsync(
            static (asked, token) => asked.ReadSettledAsync(token), Storage, StorageOperation.Read,
            cancellationToken).ConfigureAwait(false);

    public Task<IEventSubscription> SubscribeAsync(
        SubscriptionName name, ConsumerOptions? options = null, CancellationToken cancellationToken = default)
    {
        _ = name.Value;
        options = Checked(options, $"'{name}'");
        return subscriptions.SubscribeAsync(name, options, cancellationToken);
    }

    public Task<IEventSubscription> SubscribeTransientAsync(
        ConsumerOptions? options = null, CancellationToken cancellationToken = default)
    {
        options = Checked(options, "a transient subscription");
        if (options.Partitions > 1)
        {
            throw new ArgumentOutOfRangeException(
                nameof(options), options.Partitions,
                "A transient subscription has one partition. SubscriptionOptions.Partitions applies to durable subscriptions only.");
        }

        return subscriptions.SubscribeTransientAsync(options, cancellationToken);
    }

    /// <summary>Runs what one kind of database can do beyond others; its exceptions become the store's.</summary>
    public async Task RunAsync<TStorage>(Func<TStorage, CancellationToken, Task> work, CancellationToken ct)
        where TStorage : class
    {
        var own = Storage as TStorage ?? throw new ArgumentException($"The store is in another database: {database.Provider.Name}.");
        await access.RunAsync(
            static async (run, token) =>
            {
                await run.work(run.own, token).ConfigureAwait(false);
                return true;
            },
            (work, own), StorageOperation.Read, ct).ConfigureAwait(false);
    }

    public ITransactionalEventStore WithTransaction(DbTransaction transaction)
    {
        TransactionRules.Check(transaction, Storage, database.Provider);
        transactions.Require(transaction);
        return _join(transaction);
    }

    /// <summary>A validated copy of the options; the caller may change the original later.</summary>
    private static ConsumerOptions Checked(ConsumerOptions? options, string subscription)
    {
        options = options?.Copy() ?? new();
        options.Validate(subscription);
        return options;
    }
}
