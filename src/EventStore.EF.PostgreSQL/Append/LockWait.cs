using System.Globalization;

namespace EventStore.EF.PostgreSQL;

/// <summary>How long a statement may wait for each lock, as PostgreSQL's <c>lock_timeout</c> takes it.</summary>
/// <param name="Milliseconds">The time; 0 for no limit.</param>
internal readonly record struct LockWait(int Milliseconds)
{
    /// <summary>For who must not keep others waiting. Most appends are over in less.</summary>
    public static LockWait Moment { get; } = new(10);

    public string Setting => Milliseconds == 10 ? "10" : Milliseconds.ToString(CultureInfo.InvariantCulture);

    public static LockWait Of(TimeSpan time) => new(Math.Max(1, (int)Math.Min(time.TotalMilliseconds, int.MaxValue)));

    /// <summary>
    /// The time-out of a command that waits for locks so long, in seconds: the lock's must come first, because only it tells what was
    /// waited for.
    /// </summary>
    /// <param name="connections">That of the connection's commands; 0 for none.</param>
    public int CommandTimeout(int connections) => connections == 0 ? 0 : connections + (Milliseconds / 1000);
}
