using EventStore.EF;
using Ordering.Domain;

namespace Ordering.Orders;

/// <summary>Makes things happen to orders: the store loads an order from its events, the rules decide, and what they decided is appended. Safe for use by several threads.</summary>
internal sealed class OrderDesk(IEventStore store, ShopMetrics metrics)
{
    /// <summary>Each order has a stream of its own.</summary>
    public static StreamName StreamOf(Guid orderId) => $"order-{orderId}";

    /// <summary>Makes something happen to an order.</summary>
    /// <param name="orderId">The order, which need not exist yet.</param>
    /// <param name="decide">Says which events happen; called again with the order as it is by then when somebody else was faster.</param>
    /// <param name="ct">Cancels waiting.</param>
    /// <exception cref="RuleViolationException">The rules forbid it; nothing has happened.</exception>
    public async Task<AppendResult> ChangeAsync(Guid orderId, Func<Order, IReadOnlyList<object>> decide, CancellationToken ct)
    {
        var (round, appended) = (0, 0);
        var result = await store.UpdateAsync<Order>(StreamOf(orderId), order =>
        {
            if (round++ > 0)
                metrics.Conflicts.Add(1);
            var events = decide(order);
            appended = events.Count;
            return events;
        }, ct);
        metrics.Appended.Add(appended);
        return result;
    }
}
