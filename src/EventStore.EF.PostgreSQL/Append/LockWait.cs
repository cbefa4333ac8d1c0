using System.Globalization;

namespace EventStore.EF.PostgreSQL.Append;

/// <summary>The longest time that a statement may wait for each lock: PostgreSQL's <c>lock_timeout</c>.</summary>
/// <param name="Milliseconds">The time in milliseconds; 0 for no limit.</param>
internal readonly record struct LockWait(int Milliseconds)
{
    /// <summary>10 ms, for a write that must not keep others waiting. Most appends take less.</summary>
    public static LockWait Moment { get; } = new(10);

    public string Setting => Milliseconds == 10 ? "10" : Milliseconds.ToString(CultureInfo.InvariantCulture);

    public static LockWait Of(TimeSpan time) => new(Math.Max(1, (int)Math.Min(time.TotalMilliseconds, int.MaxValue)));

    /// <summary>
    /// The time-out, in seconds, of a command that waits for locks this long. The lock's time-out must come first, because only it tells
    /// what the command was waiting for.
    /// </summary>
    /// <param name="connections">The connection's own command time-out; 0 for none.</param>
    public int CommandTimeout(int connections) => connections == 0 ? 0 : connections + (Milliseconds / 1000);
}
