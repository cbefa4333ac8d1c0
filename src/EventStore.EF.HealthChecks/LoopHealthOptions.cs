namespace EventStore.EF;

/// <summary>Options of the health check of loops; validated by <c>AddEventStoreLoops</c>.</summary>
public sealed class LoopHealthOptions
{
    /// <summary>
    /// How long a loop may go without a turn that is due (<see cref="LoopReport.Overdue"/>) before the process is unhealthy; 2 minutes by
    /// default. 1 second to 1 day. Longer than the time-out of a command in the connection string: a database that doesn't answer keeps a
    /// step waiting for as long, and restarting the process doesn't help.
    /// </summary>
    public TimeSpan StuckAfter { get; set; } = TimeSpan.FromMinutes(2);

    /// <exception cref="ArgumentOutOfRangeException">An option is out of range; the message names it.</exception>
    internal void Validate()
    {
        if (StuckAfter < TimeSpan.FromSeconds(1) || StuckAfter > TimeSpan.FromDays(1))
        {
            throw new ArgumentOutOfRangeException(
                nameof(StuckAfter), StuckAfter, "LoopHealthOptions.StuckAfter must be 1 second to 1 day.");
        }
    }
}
