namespace EventStore.EF.Benchmarks;

/// <summary>What client and server have used so far.</summary>
internal readonly record struct Consumption(TimeSpan? ClientCpu, TimeSpan? ServerCpu, long AllocatedBytes)
{
    public static Consumption Now(ServerProcesses? server)
        => new(ProcessTimes.OfThisProcess()?.Own, server?.CpuTime(), GC.GetTotalAllocatedBytes(precise: true));
}
