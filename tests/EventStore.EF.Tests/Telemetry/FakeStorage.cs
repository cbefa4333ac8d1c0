using System.Data.Common;
using EventStore.EF.Storage;
using EventStore.EF.Storage.Sql;

namespace EventStore.EF.Tests.Telemetry;

/// <summary>A storage that only writes, and as a test wants it.</summary>
internal sealed class FakeStorage(Func<Task<AppendResult[]?>> write) : IStorage
{
    public StoreStatements Statements => throw new NotSupportedException();

    public bool PreparesStatements => false;

    public bool Accepts(DbTransaction transaction) => throw new NotSupportedException();

    public Task<AppendResult[]?> WriteAsync(IReadOnlyList<StreamPlan> plans, DbTransaction? transaction, CancellationToken ct) => write();

    public Task<WriteInspection> InspectAsync(IReadOnlyList<StreamPlan> plans, DbTransaction? transaction, CancellationToken ct) => throw new NotSupportedException();

    public Task<StreamPage> ReadStreamAsync(StreamPageQuery query, DbTransaction? transaction, CancellationToken ct) => throw new NotSupportedException();

    public Task<AllPage> ReadAllAsync(AllPageQuery query, CancellationToken ct) => throw new NotSupportedException();

    public Task<long> ReadSettledAsync(CancellationToken ct) => throw new NotSupportedException();

    public Task<IReadOnlyList<BlockingTransaction>> GetBlockingTransactionsAsync(CancellationToken ct) => throw new NotSupportedException();

    public Task<bool> RemoveAsync(RemovalPlan plan, DbTransaction? transaction, CancellationToken ct) => throw new NotSupportedException();

    public Task WatchAsync(Action<StoreChange> changed, CancellationToken ct) => throw new NotSupportedException();

    public Task AnnounceAsync(StoreChange change, CancellationToken ct) => Task.CompletedTask;

    public StorageFailure Classify(Exception exception) => exception is IOException ? StorageFailure.Unavailable : StorageFailure.None;
}
