namespace EventStore.EF.Faults;

/// <summary>Writes a row for every event, in the old build. That it is one is the store's doing.</summary>
internal class RowsProjection(FaultContext context, Witness witness) : ISubscriber<Written>
{
    public ValueTask HandleAsync(Written @event, EventContext handled, CancellationToken cancellationToken) => AddRowAsync(handled);

    protected ValueTask AddRowAsync(EventContext handled)
    {
        witness.Saw(handled.Subscription, handled.Event);
        context.Add(new EffectRow { Projection = handled.Subscription.Value, EventId = handled.Event.EventId, Position = handled.Position });
        return ValueTask.CompletedTask;
    }
}

/// <summary>The same class in the new build.</summary>
internal sealed class NewRowsProjection(FaultContext context, Witness witness) : RowsProjection(context, witness), ISubscriber<Extended>
{
    public ValueTask HandleAsync(Extended @event, EventContext handled, CancellationToken cancellationToken) => AddRowAsync(handled);
}
