using System.Text.Json.Serialization;

namespace Ordering.Domain;

/// <summary>Why an order was called off.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<CancellationReason>))]
public enum CancellationReason
{
    ChangedMind,
    FoundCheaper,
    OutOfStock,
}
