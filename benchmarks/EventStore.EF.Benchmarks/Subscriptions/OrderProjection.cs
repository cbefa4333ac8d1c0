namespace EventStore.EF.Benchmarks;

/// <summary>Writes one row for each event.</summary>
public sealed class OrderProjection(ProjectedContext rows) : ISubscriber<OrderPlaced>
{
    /// <inheritdoc/>
    public ValueTask HandleAsync(OrderPlaced @event, EventContext context, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(@event);
        ArgumentNullException.ThrowIfNull(context);
        rows.Add(new ProjectedOrder { Id = context.Position, Customer = @event.Customer, Amount = @event.Amount });
        return ValueTask.CompletedTask;
    }
}
