using EventStore.EF;

namespace Ordering.Domain;

/// <summary>The order was called off before it was shipped.</summary>
[Event("order-cancelled")]
public sealed record OrderCancelled(Guid OrderId, CancellationReason Reason, string? Note, DateTimeOffset CancelledAt);
