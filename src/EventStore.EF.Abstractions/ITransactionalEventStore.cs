using System.Data.Common;

namespace EventStore.EF;

/// <summary>The store inside a transaction of the caller; see <see cref="IEventStore.WithTransaction"/>.</summary>
/// <remarks>Reading all events and subscribing are not for a transaction: they would wait for its own end.</remarks>
public interface ITransactionalEventStore : IEventStreams
{
    /// <summary>The caller's transaction. What becomes of it is the caller's.</summary>
    DbTransaction Transaction { get; }
}
