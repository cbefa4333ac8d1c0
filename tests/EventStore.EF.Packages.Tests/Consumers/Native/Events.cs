using System.Text.Json;
using System.Text.Json.Serialization;
using EventStore.EF;

namespace Native;

public enum State { Open, Paid }

public sealed record Line(string Sku, int Quantity, decimal Price);

[JsonDerivedType(typeof(Card), "card")]
[JsonDerivedType(typeof(Cash), "cash")]
public abstract record Payment(decimal Amount);

public sealed record Card(decimal Amount, string Number) : Payment(Amount);

public sealed record Cash(decimal Amount) : Payment(Amount);

/// <summary>Read in a straight line.</summary>
[Event]
public sealed record OrderPlaced(Guid OrderId, string Customer, IReadOnlyList<Line> Lines, State State, DateOnly? Due = null)
{
    public string Note { get; init; } = "kept";
}

/// <summary>Read by metadata.</summary>
[Event]
public sealed record OrderPaid(Guid OrderId, Payment Payment, Dictionary<string, JsonElement> More, [property: JsonConverter(typeof(JsonStringEnumConverter<State>))] State State);

/// <summary>Stored by the context below, which the generator of System.Text.Json writes.</summary>
[Event]
public sealed record OrderClosed(Guid OrderId, string ClosedBy);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(OrderClosed))]
public sealed partial class OwnJson : JsonSerializerContext;
