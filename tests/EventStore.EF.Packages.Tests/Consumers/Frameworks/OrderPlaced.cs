using System;
using System.Text.Json.Serialization;
using EventStore.EF;

namespace Shop;

[Event("order-placed")]
public sealed record OrderPlaced(Guid OrderId, string Customer)
{
    public string Channel { get; init; } = "shop";

    [JsonInclude]
    public int Lines { get; private set; }
}
