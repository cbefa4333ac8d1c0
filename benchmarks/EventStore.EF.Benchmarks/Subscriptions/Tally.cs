namespace EventStore.EF.Benchmarks;

/// <summary>Counts events and tells when so many have come.</summary>
/// <param name="Expected">How many.</param>
public sealed record Tally(int Expected)
{
    private readonly TaskCompletionSource _all = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _count;

    internal int Count => Volatile.Read(ref _count);

    internal Task All => _all.Task;

    internal void Add(int count)
    {
        if (Interlocked.Add(ref _count, count) >= Expected)
            _all.TrySetResult();
    }
}
