using EventStore.EF.Sqlite.Connections;
using EventStore.EF.Telemetry;

namespace EventStore.EF.Sqlite.Append;

/// <summary>What all writes of one store have in common. Stores in the same file share a queue.</summary>
/// <param name="Database">The file.</param>
/// <param name="Statements">The store's statements.</param>
/// <param name="GroupBytes">The maximum size of the store's groups, in bytes. A single write may exceed it.</param>
/// <param name="Meter">Measures the groups.</param>
internal sealed record StoreWrites(SqliteDatabase Database, WriteStatements Statements, long GroupBytes, OperationMeter Meter);
