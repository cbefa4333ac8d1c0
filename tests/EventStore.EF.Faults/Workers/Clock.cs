namespace EventStore.EF.Faults;

/// <summary>A process's clock, which can jump as one does whose machine was suspended or set anew.</summary>
internal sealed class Clock : TimeProvider
{
    private long _ahead;

    /// <summary>Moves the clock; backwards only the time of day, which the monotonic one never does.</summary>
    public void Jump(TimeSpan by) => Interlocked.Add(ref _ahead, by.Ticks);

    public override DateTimeOffset GetUtcNow() => System.GetUtcNow().AddTicks(Interlocked.Read(ref _ahead));

    public override long GetTimestamp()
        => System.GetTimestamp() + (long)(Math.Max(0, Interlocked.Read(ref _ahead)) * ((double)System.TimestampFrequency / TimeSpan.TicksPerSecond));
}
