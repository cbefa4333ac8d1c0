using EventStore.EF.Errors;
using EventStore.EF.Storage;
using EventStore.EF.Threading;

namespace EventStore.EF.Operations;

/// <summary>Shares the reads of all who look at the store in this process.</summary>
internal sealed class EventStoreOperations(
    ReportReader reader, StorageAccess access, LoopMonitor loops, EventStoreOptions options, TimeProvider time) : IEventStoreOperations
{
    private static readonly TimeSpan ReportTimeout = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan SchemaTimeout = TimeSpan.FromSeconds(10);

    private readonly SharedRead<StoreReport> _report = new(
        ct => access.RunAsync(static (read, token) => read.ReadAsync(token), reader, StorageOperation.ReadOnce, ct).AsTask(),
        options.ReportInterval, ReportTimeout, time);

    private readonly SharedRead<SchemaReport> _schema = new(
        ct => access.RunAsync(static (read, token) => read.ReadSchemaAsync(token), reader, StorageOperation.ReadOnce, ct).AsTask(),
        options.ReportInterval, SchemaTimeout, time);

    public Task<StoreReport> GetReportAsync(CancellationToken cancellationToken = default) => _report.GetAsync(cancellationToken);

    public Task<SchemaReport> GetSchemaAsync(CancellationToken cancellationToken = default) => _schema.GetAsync(cancellationToken);

    public IReadOnlyList<LoopReport> GetLoops() =>
    [
        .. loops.Read().Where(loop => loop.Phase is not LoopPhase.NotStarted).Select(loop => new LoopReport
        {
            Name = loop.Name,
            State = loop.Phase switch
            {
                LoopPhase.Waiting => LoopState.Waiting,
                LoopPhase.Working => LoopState.Working,
                LoopPhase.Failed => LoopState.Failed,
                _ => LoopState.Ended,
            },
            Duration = loop.For,
            Overdue = loop.Overdue,
            Error = loop.Reason is { } reason ? ErrorText.Describe(reason) : null,
        }),
    ];
}
