using System.Text.Json.Serialization;

namespace Ordering.Domain;

/// <summary>How far an order has come.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<OrderStatus>))]
public enum OrderStatus
{
    None,
    Placed,
    Paid,
    Shipped,
    Cancelled,
}
