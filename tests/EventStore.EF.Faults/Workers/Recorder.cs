namespace EventStore.EF.Faults;

/// <summary>Writes down what it is given, in the old build.</summary>
internal class Recorder(Witness witness) : ISubscriber<Written>
{
    public ValueTask HandleAsync(Written @event, EventContext context, CancellationToken cancellationToken) => RecordAsync(context);

    protected ValueTask RecordAsync(EventContext context)
    {
        witness.Saw(context.Subscription, context.Event);
        return ValueTask.CompletedTask;
    }
}

/// <summary>The same class in the new build.</summary>
internal sealed class NewRecorder(Witness witness) : Recorder(witness), ISubscriber<Extended>
{
    public ValueTask HandleAsync(Extended @event, EventContext context, CancellationToken cancellationToken) => RecordAsync(context);
}
