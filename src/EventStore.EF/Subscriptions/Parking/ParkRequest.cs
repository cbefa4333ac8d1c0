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
