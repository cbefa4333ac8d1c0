namespace EventStore.EF.Faults;

/// <summary>Points in a worker's own code and in SQLite's at which it can be told to end by SIGKILL.</summary>
internal sealed class KillPoints
{
    /// <summary>An append has returned; that is not written down yet.</summary>
    public const string Appended = "appended";

    /// <summary>A handler begins.</summary>
    public const string Delivering = "delivering";

    /// <summary>A handler is about to return.</summary>
    public const string Delivered = "delivered";

    private volatile string? _armed;
    private int _left;

    /// <summary>Lets the process end when a point is reached for the n-th time.</summary>
    public void Arm(string point, int times)
    {
        _left = times;
        _armed = point;
    }

    public void Reached(string point)
    {
        if (_armed == point && Interlocked.Decrement(ref _left) == 0)
            PosixSignal.Kill(Environment.ProcessId);
    }
}
