using EventStore.EF;
using Ordering.Domain;

namespace Ordering.Orders;

/// <summary>Loads an order from its events, lets the rules decide, and appends what they decided. Safe for use by several threads.</summary>
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
        // This ends: each round that is lost was won by somebody whose event the rules see in the next one.
        while (true)
        {
            var (order, version) = await LoadAsync(orderId, ct);
            var events = decide(order);
            try
            {
                var result = await store.AppendManyAsync(StreamOf(orderId), version, [.. events.Select(data => new NewEvent(data))], ct);
                metrics.Appended.Add(events.Count);
                return result;
            }
            catch (WrongExpectedVersionException)
            {
                metrics.Conflicts.Add(1);
            }
        }
    }

    /// <summary>The order and the version of its last event; <see cref="Order.None"/> and 0 when it was never placed.</summary>
    public async Task<(Order Order, long Version)> LoadAsync(Guid orderId, CancellationToken ct)
    {
        var (order, version) = (Order.None, 0L);
        try
        {
            await foreach (var @event in store.ReadStreamAsync(StreamOf(orderId), ct: ct))
                (order, version) = (order.Apply(@event.Data), @event.StreamVersion);
        }
        catch (StreamNotFoundException)
        {
            // Not placed yet. Whether that is wrong is for the rules to say.
        }

        return (order, version);
    }
}
