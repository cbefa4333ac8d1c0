using System.Text.Json.Serialization;

namespace Ordering.Domain;

/// <summary>Who carries the parcel.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<Carrier>))]
public enum Carrier
{
    Post,
    Courier,
    Pickup,
}
