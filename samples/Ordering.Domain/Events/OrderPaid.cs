using EventStore.EF;

namespace Ordering.Domain;

/// <summary>The order was paid, always in full.</summary>
[Event("order-paid")]
public sealed record OrderPaid(Guid OrderId, decimal Amount, PaymentMethod Method, DateTimeOffset PaidAt);
