namespace Ordering.Projection;

/// <summary>One day's takings: what was paid on it less what was paid back on it, in UTC.</summary>
internal sealed class RevenueRow
{
    public DateOnly Day { get; init; }
    public decimal Amount { get; set; }
    public int Payments { get; set; }
    public int Refunds { get; set; }
}
