namespace Ordering.Orders;

/// <summary>The answer to a request that made something happen.</summary>
/// <param name="OrderId">The order.</param>
/// <param name="Version">Its version by now.</param>
/// <param name="Position">Whoever waits until a subscription has passed this position sees the change in what it writes.</param>
internal sealed record OrderChanged(Guid OrderId, long Version, long Position);
