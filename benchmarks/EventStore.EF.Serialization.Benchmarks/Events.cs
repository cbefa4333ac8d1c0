using System.Text.Json.Serialization;

namespace EventStore.EF.Serialization.Benchmarks;

/// <summary>A simple event: read in a straight line.</summary>
[Event]
public sealed record OrderPlaced(Guid OrderId, string Customer, decimal Amount, DateTimeOffset At, int Items, Address ShipTo, IReadOnlyList<Line> Lines);

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
