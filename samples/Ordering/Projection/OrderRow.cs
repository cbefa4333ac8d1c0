using Ordering.Domain;

namespace Ordering.Projection;

/// <summary>One order as the list shows it.</summary>
internal sealed class OrderRow
{
    public Guid Id { get; init; }
    public OrderStatus Status { get; set; }
    public string CustomerName { get; set; } = "";
    public string CustomerEmail { get; set; } = "";

    /// <summary>The lines in words.</summary>
    public string Items { get; set; } = "";

    public decimal Total { get; set; }
    public decimal Paid { get; set; }
    public decimal Refunded { get; set; }
    public string? TrackingCode { get; set; }
    public DateOnly? DeliverBy { get; set; }
    public DateTimeOffset PlacedAt { get; set; }
    public DateTimeOffset? ClosedAt { get; set; }

    /// <summary>Where the order began: the list is sorted by it.</summary>
    public long FirstPosition { get; set; }

    /// <summary>The last event applied, by its place in the order's stream.</summary>
    public long Version { get; set; }
}
