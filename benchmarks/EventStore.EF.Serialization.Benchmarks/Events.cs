using System.Text.Json.Serialization;

namespace EventStore.EF.Serialization.Benchmarks;

/// <summary>A simple event: read in a straight line.</summary>
[Event]
public sealed record OrderPlaced(Guid OrderId, string Customer, decimal Amount, DateTimeOffset At, int Items, Address ShipTo, IReadOnlyList<Line> Lines);

/// <summary>The simplest.</summary>
[Event]
public sealed record OrderPacked(Guid OrderId, string By, int Parcels, DateTimeOffset At);

/// <summary>Enums by name.</summary>
[Event]
public sealed record OrderShipped(Guid OrderId, Carrier Carrier, [property: JsonConverter(typeof(JsonStringEnumConverter<DayOfWeek>))] DayOfWeek Day);

[JsonConverter(typeof(JsonStringEnumConverter<Carrier>))]
public enum Carrier
{
    Post,
    Courier,
}

public sealed record Address(string Street, string City, string? Zip);

public sealed record Line(string Sku, int Quantity, decimal Price);

/// <summary>An event with a polymorphic member: read by metadata.</summary>
[Event]
public sealed record OrderPaid(Guid OrderId, Payment Payment);

[JsonDerivedType(typeof(Card), "card")]
[JsonDerivedType(typeof(Cash), "cash")]
public abstract record Payment(decimal Amount);

public sealed record Card(decimal Amount, string Number) : Payment(Amount);

public sealed record Cash(decimal Amount) : Payment(Amount);
