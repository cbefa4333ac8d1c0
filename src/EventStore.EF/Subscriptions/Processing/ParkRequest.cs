using EventStore.EF.Errors;
using EventStore.EF.Subscriptions.Delivery;

namespace EventStore.EF.Subscriptions.Processing;

/// <summary>A consumer's request to park an event; completes when the event's row is committed.</summary>
internal sealed class ParkRequest(Consumer consumer, DeliveryItem item, string? error, int attempts)
    : TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)
{
    public Consumer Consumer => consumer;

    public DeliveryItem Item => item;

    public string? Error => error;

    public int Attempts => attempts;
}

/// <summary>The database refuses to store a parked event because of its content, and will refuse it again.</summary>
internal sealed class ParkingRefusedException(RecordedEvent @event, Exception cause) : InvalidOperationException(
    $"Event {@event.Position} ('{@event.EventType}') cannot be parked because the database refuses its row: {ErrorText.Describe(cause)}",
    cause);
