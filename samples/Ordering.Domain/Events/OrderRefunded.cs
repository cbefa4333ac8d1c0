using EventStore.EF;

namespace Ordering.Domain;

/// <summary>The money of a cancelled order went back. Appended together with <see cref="OrderCancelled"/>: both or neither.</summary>
[Event("order-refunded")]
public sealed record OrderRefunded(Guid OrderId, decimal Amount, DateTimeOffset RefundedAt);
