namespace EventStore.EF.Benchmarks;

/// <summary>A typed handler that does nothing else.</summary>
public sealed class CountingHandler(Tally tally) : ISubscriber<OrderPlaced>
{
    /// <inheritdoc/>
    public ValueTask HandleAsync(OrderPlaced @event, EventContext context, CancellationToken cancellationToken)
    {
        tally.Add(1);
        return ValueTask.CompletedTask;
    }
}
