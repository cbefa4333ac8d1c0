namespace EventStore.EF.Benchmarks;

/// <summary>What one of the two did in one round.</summary>
/// <param name="PerSecond">Units of work, such as appends, per second.</param>
/// <param name="P50">Half of the operations took no longer, in milliseconds.</param>
/// <param name="P99">99 % of the operations took no longer, in milliseconds.</param>
/// <param name="ClientCpu">CPU time of this process per unit, in microseconds.</param>
/// <param name="ServerCpu">CPU time of the server's processes per unit, in microseconds; where there is a server on this machine.</param>
/// <param name="Allocated">Bytes allocated by this process per unit.</param>
/// <param name="Others">How much of the machine's CPU others used meanwhile, in per cent: a round is worth little when it is much.</param>
internal sealed record Round(double PerSecond, double P50, double P99, double? ClientCpu, double? ServerCpu, double Allocated, double? Others);
