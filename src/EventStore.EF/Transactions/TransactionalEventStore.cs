using System.Data.Common;

namespace EventStore.EF;

/// <summary>The store inside a transaction of the caller.</summary>
internal sealed class TransactionalEventStore(StoreParts parts, DbTransaction transaction) : EventStreams(parts, transaction), ITransactionalEventStore
{
    public DbTransaction Transaction { get; } = transaction;
}
