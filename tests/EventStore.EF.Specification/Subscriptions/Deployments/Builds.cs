using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace EventStore.EF.Specification;

/// <summary>An order as the first build knows it.</summary>
public sealed record PlacedOrder(int Number);

/// <summary>The same under the name of the second build.</summary>
public sealed record RenamedOrder(int Number);

/// <summary>An event that all builds know, and not all handle.</summary>
public sealed record ShippedOrder(int Number);

/// <summary>Handles orders, those that its build says.</summary>
public sealed class OrderHandler(Recorder recorder)
{
    /// <summary>Called for every event that is dispatched.</summary>
    public ValueTask HandleAsync(EventContext context, CancellationToken ct) => recorder.HandleAsync(context, ct);
}

/// <summary>
/// The catalogs of several builds of one application, as the generator would have written them into it. In all of them the class
/// <see cref="OrderHandler"/> is the same, and handles what the build says.
/// </summary>
public static class Builds
{
    private static readonly JsonSerializerOptions Json = new() { TypeInfoResolver = new DefaultJsonTypeInfoResolver() };

    /// <summary>Knows and handles <c>order-placed</c>, in version 1.</summary>
    public static EventCatalog First { get; } = Build([typeof(PlacedOrder)], Event<PlacedOrder>("order-placed"), Event<ShippedOrder>("order-shipped"));

    /// <summary>Has renamed the event to <c>order-renamed</c>; the old name is an alias.</summary>
    public static EventCatalog Renamed { get; } = Build([typeof(RenamedOrder)], Event<RenamedOrder>("order-renamed", 1, "order-placed"), Event<ShippedOrder>("order-shipped"));

    /// <summary>Has a second version of <c>order-placed</c>, and reads the first.</summary>
    public static EventCatalog SecondVersion { get; } = Build(
        [typeof(PlacedOrder), typeof(RenamedOrder)], Event<PlacedOrder>("order-placed"), Event<RenamedOrder>("order-placed", 2), Event<ShippedOrder>("order-shipped"));

    /// <summary>Handles <c>order-shipped</c> as well.</summary>
    public static EventCatalog OneHandlerMore { get; } = Build(
        [typeof(PlacedOrder), typeof(ShippedOrder)], Event<PlacedOrder>("order-placed"), Event<ShippedOrder>("order-shipped"));

    /// <summary>Handles every event that it knows.</summary>
    public static EventCatalog Everything { get; } = Build([typeof(object)], Event<PlacedOrder>("order-placed"), Event<ShippedOrder>("order-shipped"));

    private static EventCatalog Build(Type[] handled, params EventDescriptor[] events) => new(new Part(events, handled));

    private static EventDescriptor Event<TEvent>(string name, int version = 1, params string[] aliases)
        => new(name, version, aliases, typeof(TEvent), () => Json.GetTypeInfo(typeof(TEvent)));

    private sealed class Part(EventDescriptor[] events, Type[] handled) : EventCatalogPart
    {
        public override void Contribute(EventCatalogBuilder builder)
        {
            foreach (var @event in events)
                builder.Add(@event);

            foreach (var subscriber in (Type[])[typeof(OrderHandler), typeof(OrderTally)])
            {
                builder.Add(new SubscriberDescriptor(subscriber, handled, static (subscriber, data, context, ct) => subscriber switch
                {
                    OrderHandler handler => handler.HandleAsync(context, ct),
                    OrderTally tally => tally.HandleAsync(data, context, ct),
                    _ => throw new InvalidOperationException(),
                }));
            }
        }
    }
}

/// <summary>Counts orders, those that its build says.</summary>
public sealed class OrderTally(TallyContext tallies, Recorder recorder)
{
    /// <summary>Called for every event that is dispatched.</summary>
    public async ValueTask HandleAsync(object data, EventContext context, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(context);
        var row = await tallies.Tallies.FindAsync([context.StreamName.Value], ct);
        if (row is null)
            tallies.Add(row = new() { Stream = context.StreamName.Value });

        row.Apply(data is PlacedOrder placed ? placed.Number : ((RenamedOrder)data).Number);
        await recorder.HandleAsync(context, ct);
    }
}
