namespace Ordering.Domain;

/// <summary>The customer, or the shop, calls the order off.</summary>
public sealed record CancelOrder(CancellationReason Reason = CancellationReason.ChangedMind, string? Note = null);
