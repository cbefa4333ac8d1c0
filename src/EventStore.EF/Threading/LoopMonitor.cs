using System.Collections.Concurrent;

namespace EventStore.EF.Threading;

/// <summary>Knows the loops of this process.</summary>
internal sealed class LoopMonitor(TimeProvider time)
{
    private readonly ConcurrentDictionary<string, Loop> _loops = new(StringComparer.Ordinal);

    /// <summary>The loop of this name. There is one of each name.</summary>
    public Loop Get(string name) => _loops.GetOrAdd(name, static (added, clock) => new(added, clock), time);

    /// <summary>All loops, by name.</summary>
    public IReadOnlyList<LoopReading> Read()
        => [.. _loops.Values.Select(loop => loop.Read()).OrderBy(loop => loop.Name, StringComparer.Ordinal)];
}
