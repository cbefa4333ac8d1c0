namespace EventStore.EF.Benchmarks;

/// <summary>Counts events and tells when so many have come.</summary>
public sealed class Tally
{
    private TaskCompletionSource _all = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _expected = int.MaxValue;
    private int _count;

    internal int Count => Volatile.Read(ref _count);

    /// <summary>Begins anew; completes when so many have come.</summary>
    internal Task ExpectAsync(int count)
    {
        _all = new(TaskCreationOptions.RunContinuationsAsynchronously);
        _count = 0;
        _expected = count;
        return _all.Task;
    }

    internal void Add(int count)
    {
        if (Interlocked.Add(ref _count, count) >= _expected)
            _all.TrySetResult();
    }
}
