namespace EventStore.EF;

/// <summary>A process's hold on a subscription. The epoch fences: once another process has taken over, nothing is written with it.</summary>
internal sealed class Lease : IDisposable
{
    private readonly CancellationTokenSource _lost = new();
    private readonly TimeProvider _time;
    private readonly TimeSpan _duration;
    private long _heldSince;

    /// <param name="id">The subscription's row.</param>
    /// <param name="epoch">Of this hold.</param>
    /// <param name="position">The checkpoint when it was taken.</param>
    /// <param name="askedAt">The timestamp before the database was asked: its clock can't have granted the lease earlier.</param>
    /// <param name="duration">How long it holds without renewal.</param>
    /// <param name="time">The clock.</param>
    public Lease(long id, long epoch, long position, long askedAt, TimeSpan duration, TimeProvider time)
    {
        Id = id;
        Epoch = epoch;
        Position = position;
        _heldSince = askedAt;
        _duration = duration;
        _time = time;
        Lost = _lost.Token;
    }

    public long Id { get; }

    public long Epoch { get; }

    public long Position { get; }

    /// <summary>Cancelled when the subscription belongs to another process, or may do.</summary>
    public CancellationToken Lost { get; }

    /// <summary>Whether no other process can have taken over yet. False after this process stood still for too long.</summary>
    public bool IsHeld => !Lost.IsCancellationRequested && _time.GetElapsedTime(Interlocked.Read(ref _heldSince)) < _duration;

    public void Renewed(long askedAt) => Interlocked.Exchange(ref _heldSince, askedAt);

    public void Lose() => _lost.Cancel();

    public void Dispose() => _lost.Dispose();
}
