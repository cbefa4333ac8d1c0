using System.Diagnostics;

namespace EventStore.EF.Benchmarks;

/// <summary>The memory of this process, in megabytes of 1,000,000 bytes.</summary>
internal static class Memory
{
    private const double Megabyte = 1e6;

    /// <summary>What is reachable, after a full collection.</summary>
    public static double Heap() => GC.GetTotalMemory(forceFullCollection: true) / Megabyte;

    /// <summary>What is resident.</summary>
    public static double WorkingSet() => Read(process => process.WorkingSet64);

    /// <summary>The most that was resident since <see cref="ForgetPeak"/>.</summary>
    public static double Peak() => Read(process => process.PeakWorkingSet64);

    /// <summary>Starts the peak anew, on Linux; elsewhere it is that of the whole run.</summary>
    public static void ForgetPeak()
    {
        GC.Collect();
        if (OperatingSystem.IsLinux())
            File.WriteAllText("/proc/self/clear_refs", "5");
    }

    private static double Read(Func<Process, long> value)
    {
        using var process = Process.GetCurrentProcess();
        return value(process) / Megabyte;
    }
}
