using System.Text.Json.Serialization;

namespace Ordering.Domain;

/// <summary>How an order was paid. Stored by name: numbers would change their meaning when somebody sorts the list.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<PaymentMethod>))]
public enum PaymentMethod
{
    Card,
    Transfer,
    Voucher,
}
