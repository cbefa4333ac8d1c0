namespace EventStore.EF;

/// <summary>
/// How often the tail is read while others append without end: at once up to 250 times a second, and not more often. Reading after every
/// group of appends took a third of the writers' throughput; the events of 4 milliseconds together cost little more than those of one group.
/// </summary>
internal sealed class ReadPace(TimeProvider time)
{
    private const double Burst = 8;

    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(4);

    private long _seenAt = time.GetTimestamp();
    private double _credit = Burst;

    /// <summary>How long to wait before the next read, which is counted.</summary>
    public TimeSpan Next()
    {
        var now = time.GetTimestamp();
        _credit = Math.Min(Burst, _credit + (time.GetElapsedTime(_seenAt, now) / Interval)) - 1;
        _seenAt = now;
        return _credit >= 0 ? TimeSpan.Zero : Interval * -_credit;
    }
}
