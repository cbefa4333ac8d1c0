namespace EventStore.EF;

/// <summary>A consumer's wish to have an event parked; completes when its row is committed.</summary>
internal sealed class ParkRequest(Consumer consumer, DeliveryItem item, string? error, int attempts)
    : TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)
{
    public Consumer Consumer => consumer;

    public DeliveryItem Item => item;

    public string? Error => error;

    public int Attempts => attempts;
}

/// <summary>The database refuses to keep a parked event for what it is, and will refuse it again.</summary>
internal sealed class ParkingRefusedException(RecordedEvent @event, Exception cause) : InvalidOperationException(
    $"Event {@event.Position} ('{@event.EventType}') can't be parked, because the database refuses its row: {ErrorText.Describe(cause)}", cause);
