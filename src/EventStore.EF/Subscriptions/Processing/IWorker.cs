namespace EventStore.EF.Subscriptions.Processing;

/// <summary>Processes the deliveries of a subscription that the host runs.</summary>
internal interface IWorker
{
    /// <summary>Handles a delivery and acknowledges it.</summary>
    /// <param name="delivery">The delivery; its processor may already be over.</param>
    /// <param name="ct">Cancelled when the host stops.</param>
    Task WorkAsync(ConsumerDelivery delivery, CancellationToken ct);
}
