namespace EventStore.EF;

/// <summary>Does with deliveries what a subscription run by the host is there for.</summary>
internal interface IWorker
{
    /// <summary>Handles what is delivered and acknowledges it.</summary>
    /// <param name="delivery">Of a tenure that may be over by now.</param>
    /// <param name="ct">The host stops.</param>
    Task WorkAsync(Delivery delivery, CancellationToken ct);
}
