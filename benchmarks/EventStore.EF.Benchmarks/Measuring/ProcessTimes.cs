using System.Globalization;

namespace EventStore.EF.Benchmarks;

/// <summary>CPU time of a process, user and system together, as Linux keeps it in <c>/proc/&lt;pid&gt;/stat</c>.</summary>
/// <param name="Command">The name of its program.</param>
/// <param name="Parent">The process that started it.</param>
/// <param name="Own">Its own time, all threads together.</param>
/// <param name="Ended">That of its children that have ended.</param>
internal sealed record ProcessTimes(string Command, int Parent, TimeSpan Own, TimeSpan Ended)
{
    /// <summary>USER_HZ, which is 100 whatever the kernel's own clock.</summary>
    private const int TicksPerSecond = 100;

    /// <summary>This process, or <see langword="null"/> where there is no <c>/proc</c>.</summary>
    public static ProcessTimes? OfThisProcess() => Read("self");

    /// <summary>Any process; <see langword="null"/> when it has ended.</summary>
    public static ProcessTimes? Of(int pid) => Read(pid.ToString(CultureInfo.InvariantCulture));

    /// <summary>All processes of the machine whose parent is <paramref name="pid"/>.</summary>
    public static IEnumerable<ProcessTimes> ChildrenOf(int pid)
    {
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(folder), CultureInfo.InvariantCulture, out var child) && Of(child) is { } times && times.Parent == pid)
                yield return times;
        }
    }

    /// <summary>The kernel's ticks as time.</summary>
    public static TimeSpan FromTicks(long ticks) => TimeSpan.FromSeconds(ticks / (double)TicksPerSecond);

    private static ProcessTimes? Read(string process)
    {
        string line;
        try
        {
            line = File.ReadAllText($"/proc/{process}/stat");
        }
        catch (IOException)
        {
            return null;
        }

        // pid (command) state parent …: the command may itself hold spaces and parentheses.
        var end = line.LastIndexOf(')');
        var command = line[(line.IndexOf('(') + 1)..end];
        var fields = line[(end + 2)..].Split(' ');
        return new(command, int.Parse(fields[1], CultureInfo.InvariantCulture), Time(fields[11]) + Time(fields[12]), Time(fields[13]) + Time(fields[14]));
    }

    private static TimeSpan Time(string ticks) => FromTicks(long.Parse(ticks, CultureInfo.InvariantCulture));
}
