namespace EventStore.EF.Benchmarks;

/// <summary>What has been used so far.</summary>
/// <param name="Client">CPU time of this process.</param>
/// <param name="Server">CPU time of the server's processes, if it runs on this machine.</param>
/// <param name="Machine">CPU time of the whole machine.</param>
/// <param name="Allocated">Bytes allocated by this process.</param>
internal readonly record struct Consumption(TimeSpan? Client, TimeSpan? Server, TimeSpan? Machine, long Allocated)
{
    public static Consumption Now(ServerProcesses? server)
        => new(ProcessTimes.OfThisProcess()?.Own, server?.CpuTime(), MachineTimes.Busy(), GC.GetTotalAllocatedBytes(precise: true));

    public static Consumption operator -(Consumption after, Consumption before)
        => new(after.Client - before.Client, after.Server - before.Server, after.Machine - before.Machine, after.Allocated - before.Allocated);
}
