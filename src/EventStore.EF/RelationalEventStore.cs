using System.Data.Common;

namespace EventStore.EF;

/// <summary>The store.</summary>
internal sealed class RelationalEventStore(StoreParts parts, SubscriptionEngine subscriptions) : EventStreams(parts, null), IEventStore
{
    private readonly StoreParts _parts = parts;
    private readonly TransactionDatabase _database = new(parts.Storage, parts.Contexts.Factory);

    public ISubscriptionAdministration Subscriptions { get; } = new SubscriptionAdministration(parts);

    public IAsyncEnumerable<RecordedEvent> ReadAllAsync(ReadOptions? options = null, CancellationToken ct = default)
    {
        options ??= ReadOptions.Default;
        options.Validate();
        return _parts.Reader.ReadAllAsync(options, ct);
    }

    public Task<IEventSubscription> SubscribeAsync(SubscriptionName name, SubscriptionOptions? options = null, CancellationToken ct = default)
    {
        _ = name.Value;
        options = Checked(options, $"'{name}'");
        return subscriptions.SubscribeAsync(name, options, ct);
    }

    public Task<IEventSubscription> SubscribeTransientAsync(SubscriptionOptions? options = null, CancellationToken ct = default)
    {
        options = Checked(options, "a transient subscription");
        if (options.Partitions > 1)
            throw new ArgumentOutOfRangeException(nameof(options), options.Partitions, "A transient subscription has one partition: SubscriptionOptions.Partitions divides the work of durable ones.");

        return subscriptions.SubscribeTransientAsync(options, ct);
    }

    public ITransactionalEventStore WithTransaction(DbTransaction transaction)
    {
        TransactionRules.Check(transaction, _parts.Storage, _parts.Store.Provider);
        _database.Require(transaction);
        return new TransactionalEventStore(_parts, transaction);
    }

    /// <summary>A copy of the options, which the caller may change later.</summary>
    private static SubscriptionOptions Checked(SubscriptionOptions? options, string subscription)
    {
        options = options?.Copy() ?? new();
        options.Validate(subscription);
        return options;
    }
}
