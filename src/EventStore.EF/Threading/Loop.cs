namespace EventStore.EF.Threading;

/// <summary>
/// What is known of a loop of this process: whether it runs, and whether it waits or works. The loop itself says so with each turn, which
/// costs a few nanoseconds and asks nobody.
/// </summary>
/// <param name="name">What it does, in a few words.</param>
/// <param name="time">The clock.</param>
internal sealed class Loop(string name, TimeProvider time)
{
    private readonly Lock _lock = new();
    private LoopPhase _phase = LoopPhase.NotStarted;
    private long _since;
    private TimeSpan? _within;
    private Exception? _reason;

    /// <summary>What it does.</summary>
    public string Name => name;

    /// <summary>Runs a loop until it ends. An exception that wasn't asked for by cancellation is remembered and passed on.</summary>
    public async Task RunAsync(Func<CancellationToken, Task> run, CancellationToken ct)
    {
        Works();
        try
        {
            await run(ct).ConfigureAwait(false);
            Enter(LoopPhase.Ended, null, null);
        }
        catch (Exception) when (ct.IsCancellationRequested)
        {
            Enter(LoopPhase.Ended, null, null);
            throw;
        }
        catch (Exception exception)
        {
            Enter(LoopPhase.Failed, null, exception);
            throw;
        }
    }

    /// <summary>A step begins.</summary>
    public void Works() => Enter(LoopPhase.Working, null, null);

    /// <summary>It waits for something.</summary>
    /// <param name="within">The longest wait; <see langword="null"/> if it waits until there is something to do.</param>
    public void Waits(TimeSpan? within = null) => Enter(LoopPhase.Waiting, within, null);

    /// <summary>What it does now.</summary>
    public LoopReading Read()
    {
        lock (_lock)
        {
            var elapsed = _phase is LoopPhase.NotStarted ? TimeSpan.Zero : time.GetElapsedTime(_since);
            var overdue = _phase is LoopPhase.Working ? elapsed
                : _phase is LoopPhase.Waiting && _within is { } within && elapsed > within ? elapsed - within
                : TimeSpan.Zero;
            return new(name, _phase, elapsed, overdue, _reason);
        }
    }

    private void Enter(LoopPhase phase, TimeSpan? within, Exception? reason)
    {
        lock (_lock)
            (_phase, _since, _within, _reason) = (phase, time.GetTimestamp(), within, reason);
    }
}

/// <summary>What a loop does at one moment.</summary>
/// <param name="Name">The loop.</param>
/// <param name="Phase">What it does.</param>
/// <param name="For">For how long.</param>
/// <param name="Overdue">For how long a turn has been due: since its step began, or since the longest wait was over.</param>
/// <param name="Reason">Why it failed.</param>
internal readonly record struct LoopReading(string Name, LoopPhase Phase, TimeSpan For, TimeSpan Overdue, Exception? Reason);

/// <summary>The phases of a loop.</summary>
internal enum LoopPhase
{
    /// <summary>Nobody has needed it yet.</summary>
    NotStarted,

    /// <summary>It waits.</summary>
    Waiting,

    /// <summary>It carries out a step.</summary>
    Working,

    /// <summary>It has ended as intended.</summary>
    Ended,

    /// <summary>It has ended by an exception, and should still run.</summary>
    Failed,
}
