namespace EventStore.EF.Generators.Tests.Dispatch;

public interface IAboutOrders;

public record OrderEvent(int Number);

[Event]
public sealed record Opened(int Number) : OrderEvent(Number), IAboutOrders;

[Event]
public record Changed(int Number) : OrderEvent(Number);

[Event]
public sealed record ChangedTwice(int Number) : Changed(Number);

[Event]
public readonly record struct Closed(int Number) : IAboutOrders;

/// <summary>Writes down which handler got which event.</summary>
public abstract class Recording
{
    public List<string> Handled { get; } = [];

    protected ValueTask Record(string handler, object data)
    {
        Handled.Add($"{handler}:{data.GetType().Name}");
        return ValueTask.CompletedTask;
    }
}

public sealed class MostDerivedFirst : Recording,
    ISubscriber<object>, ISubscriber<OrderEvent>, ISubscriber<IAboutOrders>, ISubscriber<Changed>, ISubscriber<ChangedTwice>, ISubscriber<Closed>
{
    public ValueTask HandleAsync(object @event, EventContext context, CancellationToken cancellationToken) => Record("object", @event);

    public ValueTask HandleAsync(OrderEvent @event, EventContext context, CancellationToken cancellationToken) => Record("OrderEvent", @event);

    public ValueTask HandleAsync(IAboutOrders @event, EventContext context, CancellationToken cancellationToken) => Record("IAboutOrders", @event);

    public ValueTask HandleAsync(Changed @event, EventContext context, CancellationToken cancellationToken) => Record("Changed", @event);

    public ValueTask HandleAsync(ChangedTwice @event, EventContext context, CancellationToken cancellationToken) => Record("ChangedTwice", @event);

    public ValueTask HandleAsync(Closed @event, EventContext context, CancellationToken cancellationToken) => Record("Closed", @event);
}

/// <summary>Implements the interface explicitly, in two parts, so that only a cast reaches it.</summary>
internal sealed partial class Explicit : Recording, ISubscriber<Opened>
{
    ValueTask ISubscriber<Opened>.HandleAsync(Opened @event, EventContext context, CancellationToken cancellationToken) => Record("Opened", @event);
}

internal sealed partial class Explicit : ISubscriber<Closed>
{
    ValueTask ISubscriber<Closed>.HandleAsync(Closed @event, EventContext context, CancellationToken cancellationToken) => Record("Closed", @event);
}

public abstract class Inherited<TEvent> : Recording, ISubscriber<TEvent>
    where TEvent : notnull
{
    public virtual ValueTask HandleAsync(TEvent @event, EventContext context, CancellationToken cancellationToken) => Record(typeof(TEvent).Name, @event);
}

public sealed class ThroughBase : Inherited<Opened>;

public interface IHandlesOpened : ISubscriber<Opened>;

public sealed class ThroughInterface : Recording, IHandlesOpened
{
    public ValueTask HandleAsync(Opened @event, EventContext context, CancellationToken cancellationToken) => Record("Opened", @event);
}

public sealed class Failing : ISubscriber<Opened>
{
    public ValueTask HandleAsync(Opened @event, EventContext context, CancellationToken cancellationToken) => throw new TimeoutException();
}
