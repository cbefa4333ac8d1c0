using System.Text.Json.Serialization;
using EventStore.EF;

namespace Locked;

[Event("order-placed")]
public sealed record OrderPlaced(string Customer, decimal Amount);
