using EventStore.EF.Threading;

namespace EventStore.EF.Operations;

/// <summary>
/// A read whose result many callers share: while one is under way they all wait for it, and when it is done its result, or its exception,
/// counts until the interval is over. So there is at most one read at a time, and one per interval.
/// </summary>
/// <param name="read">Reads.</param>
/// <param name="interval">The time between the starts of two reads.</param>
/// <param name="timeout">The longest time that a read may take.</param>
/// <param name="time">The clock.</param>
internal sealed class SharedRead<T>(Func<CancellationToken, Task<T>> read, TimeSpan interval, TimeSpan timeout, TimeProvider time)
{
    private readonly Lock _lock = new();
    private Task<T>? _result;
    private long _began;

    public Task<T> GetAsync(CancellationToken ct)
    {
        Task<T> result;
        lock (_lock)
        {
            if (_result is null || (_result.IsCompleted && time.GetElapsedTime(_began) >= interval))
            {
                _began = time.GetTimestamp();
                _result = DetachedTask.RunAsync(ReadAsync);

                // All who asked may have gone.
                _ = _result.ContinueWith(
                    static failed => _ = failed.Exception, CancellationToken.None,
                    TaskContinuationOptions.OnlyOnFaulted | TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
            }

            result = _result;
        }

        return result.WaitAsync(ct);
    }

    private async Task<T> ReadAsync()
    {
        using var limit = new CancellationTokenSource(timeout, time);
        try
        {
            return await read(limit.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException exception) when (limit.IsCancellationRequested)
        {
            throw new EventStoreUnavailableException(
                $"The event store's database has not answered within {timeout.TotalSeconds} seconds. Nothing was read.",
                outcomeUnknown: false, exception);
        }
    }
}
