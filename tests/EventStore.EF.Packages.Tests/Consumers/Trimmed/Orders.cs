using EventStore.EF;

namespace Trimmed;

public sealed record Line(string Sku, int Quantity, decimal Price);

[Event]
public sealed record OrderPlaced(string Customer, IReadOnlyList<Line> Lines);

[State("order")]
public sealed class Order
{
    public decimal Total { get; set; }

    public void Apply(OrderPlaced @event) => Total += @event.Lines.Sum(line => line.Quantity * line.Price);
}

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
