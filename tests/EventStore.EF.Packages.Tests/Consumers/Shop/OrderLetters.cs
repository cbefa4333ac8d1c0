using EventStore.EF;
using Shop.Domain;

namespace Shop;

public sealed class OrderLetters(Letters letters) : ISubscriber<OrderPlaced>
{
    public ValueTask HandleAsync(OrderPlaced @event, EventContext context, CancellationToken cancellationToken)
    {
        letters.First.TrySetResult(@event);
        return ValueTask.CompletedTask;
    }
}

public sealed class Letters
{
    public TaskCompletionSource<OrderPlaced> First { get; } = new();
}
