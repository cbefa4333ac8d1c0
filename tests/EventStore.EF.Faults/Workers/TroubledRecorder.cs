namespace EventStore.EF.Faults;

/// <summary>Writes down what it has handled, unless it is in trouble, in the old build.</summary>
internal class TroubledRecorder(Witness witness, Troubles troubles) : ISubscriber<Written>
{
    public ValueTask HandleAsync(Written @event, EventContext context, CancellationToken cancellationToken) => HandleAsync(context);

    protected ValueTask HandleAsync(EventContext context)
    {
        var (subscription, @event) = (context.Subscription, context.Event);
        if (subscription == Subscriptions.Stopping)
        {
            if (troubles.IsOn(Troubles.Stop))
                throw witness.Failed(subscription, @event, new InvalidOperationException("Nothing can be handled just now."));
        }
        else if (troubles.IsDeadly(@event.EventId))
        {
            witness.Failed(subscription, @event, null);
            PosixSignal.Kill(Environment.ProcessId);
        }
        else if (@event.EventId.ToByteArray()[15] % 10 == 0 && troubles.IsOn(Troubles.Odd))
        {
            throw witness.Failed(subscription, @event, OddExceptions.Of(@event.EventId));
        }

        witness.Saw(subscription, @event);
        return ValueTask.CompletedTask;
    }
}

/// <summary>The same class in the new build.</summary>
internal sealed class NewTroubledRecorder(Witness witness, Troubles troubles) : TroubledRecorder(witness, troubles), ISubscriber<Extended>
{
    public ValueTask HandleAsync(Extended @event, EventContext context, CancellationToken cancellationToken) => HandleAsync(context);
}
