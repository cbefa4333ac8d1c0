namespace EventStore.EF.Benchmarks;

/// <summary>The row that is written for an event.</summary>
public sealed class ProjectedOrder
{
    /// <summary>The event's position.</summary>
    public long Id { get; init; }

    /// <summary>Who ordered.</summary>
    public required string Customer { get; init; }

    /// <summary>For how much.</summary>
    public decimal Amount { get; init; }
}
