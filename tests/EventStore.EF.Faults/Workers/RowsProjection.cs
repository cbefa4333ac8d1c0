namespace EventStore.EF.Faults;

/// <summary>Writes a row for every event. That it is one is the store's doing.</summary>
internal sealed class RowsProjection(FaultContext context, Witness witness) : ISubscriber<Written>
{
    public ValueTask HandleAsync(Written @event, EventContext handled, CancellationToken ct)
    {
        witness.Saw(handled.Subscription, handled.Event);
        context.Add(new EffectRow { Projection = handled.Subscription.Value, EventId = handled.Event.EventId, Position = handled.Position });
        return ValueTask.CompletedTask;
    }
}
