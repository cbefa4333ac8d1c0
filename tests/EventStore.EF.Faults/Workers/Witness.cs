namespace EventStore.EF.Faults;

/// <summary>Writes the deliveries of a process down.</summary>
internal sealed class Witness(HistoryLog log, WorkerSettings settings, KillPoints kill)
{
    private long _deliveries;

    public long Deliveries => Interlocked.Read(ref _deliveries);

    public void Saw(SubscriptionName subscription, RecordedEvent @event)
    {
        kill.Reached(KillPoints.Delivering);

        // Not waited for: it is in the operating system's hands, and only the machine's end could take it away.
        _ = log.WriteAsync(new Delivered(
            HistoryLog.Now, subscription.Value, settings.Name, @event.EventId, new(@event.Position, @event.StreamName.Value, @event.StreamVersion)));
        Interlocked.Increment(ref _deliveries);
        kill.Reached(KillPoints.Delivered);
    }

    /// <summary>Writes down that a handler fails on an event, with an exception or with the end of its process.</summary>
    /// <returns>The exception.</returns>
    public Exception Failed(SubscriptionName subscription, RecordedEvent @event, Exception? exception)
    {
        _ = log.WriteAsync(new Failed(HistoryLog.Now, subscription.Value, settings.Name, @event.EventId));
        return exception!;
    }
}
