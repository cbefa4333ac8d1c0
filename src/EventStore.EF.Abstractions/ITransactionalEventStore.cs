using System.Data.Common;

namespace EventStore.EF;

/// <summary>The store inside the caller's transaction; see <see cref="IEventStore.WithTransaction"/>.</summary>
/// <remarks>Reading all events and subscribing are not available in a transaction: they would wait for its own end.</remarks>
public interface ITransactionalEventStore : IEventStreams
{
    /// <summary>The caller's transaction, which the caller commits or rolls back.</summary>
    DbTransaction Transaction { get; }
}
