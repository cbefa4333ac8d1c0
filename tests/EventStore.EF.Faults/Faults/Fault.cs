namespace EventStore.EF.Faults;

/// <summary>One kind of trouble: makes it, lets it last, and makes it good again.</summary>
internal abstract class Fault
{
    /// <summary>As the command line has it.</summary>
    public abstract string Name { get; }

    /// <summary>What happens, in one sentence.</summary>
    public abstract string Description { get; }

    /// <summary>Where it can happen.</summary>
    public abstract Provider Providers { get; }

    /// <summary>Whether no other fault may be going on at the same time.</summary>
    public virtual bool IsAlone => false;

    /// <summary>Whether it takes as long as ten others.</summary>
    public virtual bool IsLong => false;

    /// <summary>Why it can't happen on this machine; <see langword="null"/> when it can.</summary>
    public virtual string? Unavailable => null;

    /// <summary>What the laboratory must have for it.</summary>
    public virtual LaboratoryOptions Require(LaboratoryOptions options) => options;

    /// <summary>Makes the trouble and returns when all is whole again, as far as it is this fault's to mend.</summary>
    /// <returns>What was done in particular.</returns>
    public abstract Task<string> StrikeAsync(Laboratory laboratory, Random random, CancellationToken ct);

    /// <summary>Notes that the server has crashed after a moment, and not later than now.</summary>
    protected static Task NoteCrashAsync(Laboratory laboratory, long since) => laboratory.Log.WriteAsync(new ServerCrashed(HistoryLog.Now, since));

    /// <summary>Lets the trouble last.</summary>
    protected static Task LastAsync(TimeSpan time, CancellationToken ct) => Task.Delay(time, TimeProvider.System, ct);

    /// <summary>A time between the two, in seconds.</summary>
    protected static TimeSpan Between(Random random, double least, double most) => TimeSpan.FromSeconds(least + (random.NextDouble() * (most - least)));

    protected static T Any<T>(Random random, IEnumerable<T> all) => random.GetItems(all.ToArray(), 1)[0];
}
