using System.Diagnostics;

namespace EventStore.EF.PostgreSQL;

/// <summary>A statement that is on its way to the server and back.</summary>
/// <param name="lane">Its connection.</param>
/// <param name="isLarge">Whether it is one large append, beside which others go.</param>
internal sealed class AppendFlight(AppendLane lane, bool isLarge)
{
    public bool IsLarge { get; } = isLarge;

    public AppendLane Lane { get; } = lane;

    public long StartedAt { get; } = Stopwatch.GetTimestamp();

    public TimeSpan Elapsed => Stopwatch.GetElapsedTime(StartedAt);

    /// <summary>Whether it takes so long that it must be waiting for somebody's lock. Others no longer wait for it.</summary>
    public bool IsHeldUp { get; set; }
}
