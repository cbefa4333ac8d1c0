using System.Diagnostics;
using System.Threading.Channels;

namespace EventStore.EF.Benchmarks;

/// <summary>Notes when it was called.</summary>
public sealed class LatencyHandler(LatencyLog log) : ISubscriber<OrderPlaced>
{
    /// <inheritdoc/>
    public ValueTask HandleAsync(OrderPlaced @event, EventContext context, CancellationToken cancellationToken)
        => log.Starts.Writer.WriteAsync(Stopwatch.GetTimestamp(), cancellationToken);
}

/// <summary>The starts of a handler, in the order of the events.</summary>
public sealed class LatencyLog
{
    internal Channel<long> Starts { get; } = Channel.CreateUnbounded<long>();
}
