namespace EventStore.EF;

/// <summary>Events on their way to a consumer.</summary>
/// <param name="Tenure">Who sent them, and takes the acknowledgement.</param>
/// <param name="Consumer">Whom they were sent to.</param>
/// <param name="Items">At least one, in order.</param>
/// <param name="Replay">The parked row that the one item is of; <see langword="null"/> for what was never parked.</param>
internal sealed record Delivery(Tenure Tenure, Consumer Consumer, IReadOnlyList<DeliveryItem> Items, ParkedRow? Replay = null)
{
    /// <summary>Whether no more of it is to be begun: it is delivered again later, here or elsewhere.</summary>
    public bool IsInterrupted => Tenure.Over.IsCancellationRequested || Tenure.Closing.IsCancellationRequested;
}
