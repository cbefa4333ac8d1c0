namespace EventStore.EF.Faults;

/// <summary>One thing that is given bad input, and what must hold whatever it is given.</summary>
internal abstract class FuzzTarget
{
    public abstract string Name { get; }

    /// <summary>How many of a thousand cases are this target's; those with a database take longer.</summary>
    public abstract int Share { get; }

    /// <summary>Tries so many cases; throws with the shrunk case and its seed when one breaks what must hold.</summary>
    public abstract Task RunAsync(long cases, CancellationToken ct);

    /// <summary>Breaks the case.</summary>
    protected static void Demand(bool holds, string what)
    {
        if (!holds)
            throw new BrokenPromiseException(what);
    }
}

/// <summary>What must hold doesn't.</summary>
internal sealed class BrokenPromiseException(string what) : Exception(what);
