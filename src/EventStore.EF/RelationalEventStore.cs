using System.Data.Common;

namespace EventStore.EF;

/// <summary>The store.</summary>
internal sealed class RelationalEventStore(StoreParts parts) : EventStreams(parts, null), IEventStore
{
    private readonly StoreParts _parts = parts;

    public ISubscriptionAdministration Subscriptions { get; } = new SubscriptionAdministration(parts);

    public IAsyncEnumerable<RecordedEvent> ReadAllAsync(ReadOptions? options = null, CancellationToken ct = default)
    {
        options ??= ReadOptions.Default;
        options.Validate();
        return _parts.Reader.ReadAllAsync(options, ct);
    }

    public ITransactionalEventStore WithTransaction(DbTransaction transaction)
    {
        TransactionRules.Check(transaction, _parts.Storage, _parts.Store.Provider);
        return new TransactionalEventStore(_parts, transaction);
    }
}
