using System.Globalization;

namespace EventStore.EF.Benchmarks;

/// <summary>The CPU time of the whole machine, as Linux keeps it in the first line of <c>/proc/stat</c>.</summary>
internal static class MachineTimes
{
    private const int Idle = 3;
    private const int WaitingForDisk = 4;

    /// <summary>What follows is counted twice there: guests' time is user time too.</summary>
    private const int Guests = 8;

    /// <summary>All that was not idle; <see langword="null"/> where there is no <c>/proc</c>.</summary>
    public static TimeSpan? Busy()
    {
        if (!OperatingSystem.IsLinux())
            return null;

        var ticks = File.ReadLines("/proc/stat").First().Split(' ', StringSplitOptions.RemoveEmptyEntries).Skip(1).Take(Guests)
            .Where((_, column) => column is not (Idle or WaitingForDisk))
            .Sum(field => long.Parse(field, CultureInfo.InvariantCulture));
        return ProcessTimes.FromTicks(ticks);
    }
}
