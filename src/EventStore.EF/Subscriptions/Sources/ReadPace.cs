namespace EventStore.EF.Subscriptions.Sources;

/// <summary>
/// Limits how often new events are read while others append continuously: immediately up to 250 times a second, but no more often. Reading
/// after every group of appends took a third of the writers' throughput; reading the events of 4 milliseconds together costs little more
/// than reading those of one group.
/// </summary>
internal sealed class ReadPace(TimeProvider time)
{
    private const double Burst = 8;

    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(4);

    private long _seenAt = time.GetTimestamp();
    private double _credit = Burst;

    /// <summary>Returns how long to wait before the next read, and counts that read.</summary>
    public TimeSpan Next()
    {
        var now = time.GetTimestamp();
        _credit = Math.Min(Burst, _credit + (time.GetElapsedTime(_seenAt, now) / Interval)) - 1;
        _seenAt = now;
        return _credit >= 0 ? TimeSpan.Zero : Interval * -_credit;
    }
}
