namespace EventStore.EF.Faults;

/// <summary>Writes down what it is given.</summary>
internal sealed class Recorder(Witness witness) : ISubscriber<Written>
{
    public ValueTask HandleAsync(Written @event, EventContext context, CancellationToken ct)
    {
        witness.Saw(context.Subscription, context.Event);
        return ValueTask.CompletedTask;
    }
}
