namespace EventStore.EF.Tests.Operations;

/// <summary>Operations that report what a test wants.</summary>
internal sealed class FakeOperations(Func<StoreReport> report) : IEventStoreOperations
{
    private int _reads;

    /// <summary>How often a report was asked for.</summary>
    public int Reads => Volatile.Read(ref _reads);

    public Task<StoreReport> GetReportAsync(CancellationToken cancellationToken = default)
    {
        Interlocked.Increment(ref _reads);
        try
        {
            return Task.FromResult(report());
        }
        catch (EventStoreException exception)
        {
            return Task.FromException<StoreReport>(exception);
        }
    }

    public Task<SchemaReport> GetSchemaAsync(CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public IReadOnlyList<LoopReport> GetLoops() => [];
}
