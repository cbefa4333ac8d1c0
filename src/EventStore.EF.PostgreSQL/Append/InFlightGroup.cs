using System.Diagnostics;

namespace EventStore.EF.PostgreSQL.Append;

/// <summary>A statement in flight: sent to the server, and not answered yet.</summary>
/// <param name="connection">Its connection.</param>
/// <param name="isLarge">Whether it is one large append, which others may run beside.</param>
internal sealed class InFlightGroup(AppendConnection connection, bool isLarge)
{
    public bool IsLarge { get; } = isLarge;

    public AppendConnection Connection { get; } = connection;

    public long StartedAt { get; } = Stopwatch.GetTimestamp();

    public TimeSpan Elapsed => Stopwatch.GetElapsedTime(StartedAt);

    /// <summary>Whether it has taken so long that it must be waiting for a lock. Others no longer wait for it.</summary>
    public bool IsHeldUp { get; set; }
}
