using System.Runtime.InteropServices;

namespace EventStore.EF.Faults;

/// <summary>Sends signals to processes by their ids.</summary>
internal static partial class PosixSignal
{
    private const int Killed = 9;
    private const int Continued = 18;
    private const int Stopped = 19;

    /// <summary>Ends a process at once; it can do nothing about it. Of one that is gone already, nothing is said.</summary>
    public static void Kill(int process) => _ = Send(process, Killed);

    /// <summary>Lets a process stand still, wherever it is.</summary>
    public static void Stop(int process) => _ = Send(process, Stopped);

    public static void Continue(int process) => _ = Send(process, Continued);

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Send(int process, int signal);
}
