using System.Data.Common;
using EventStore.EF.Append;
using EventStore.EF.Read;
using EventStore.EF.Snapshots;
using EventStore.EF.States;
using EventStore.EF.Storage;
using EventStore.EF.Streams;

namespace EventStore.EF.Store;

/// <summary>The store inside a transaction of the caller.</summary>
internal sealed class TransactionalEventStore(
    IStorage storage, EventPlanner planner, Appender appender, EventReader reader, StateStore states, UpdateRounds updates,
    StreamAdministration streams, SnapshotStore snapshots, DbTransaction transaction)
    : EventStreams(storage, planner, appender, reader, states, updates, streams, snapshots, transaction), ITransactionalEventStore
{
    public DbTransaction Transaction { get; } = transaction;
}
