using System.Diagnostics;
using System.Runtime.InteropServices;

namespace EventStore.EF.Benchmarks;

/// <summary>Sleeps for less than a millisecond where the system can: .NET's own sleeps last one at least.</summary>
internal static partial class Nap
{
    /// <summary>Blocks the thread until a moment of <see cref="Stopwatch.GetTimestamp"/>; on Linux about 60 µs too long.</summary>
    public static void Until(long timestamp)
    {
        while (timestamp - Stopwatch.GetTimestamp() is > 0 and var left)
        {
            if (OperatingSystem.IsLinux())
                _ = Sleep(new(left), IntPtr.Zero);
            else
                Thread.Sleep(Math.Max(1, (int)Stopwatch.GetElapsedTime(0, left).TotalMilliseconds));
        }
    }

    [LibraryImport("libc", EntryPoint = "nanosleep")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Sleep(in Time time, IntPtr left);

    /// <summary>The kernel's timespec.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private readonly struct Time(long ticks)
    {
        private readonly nint _seconds = (nint)(ticks / Stopwatch.Frequency);
        private readonly nint _nanoseconds = (nint)(ticks % Stopwatch.Frequency * (1_000_000_000 / Stopwatch.Frequency));
    }
}
