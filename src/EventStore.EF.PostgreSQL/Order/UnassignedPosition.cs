namespace EventStore.EF.PostgreSQL.Order;

/// <summary>Events above the last position that the sequence has assigned. They are not believed.</summary>
/// <param name="Highest">The highest visible position up to the last one assigned.</param>
/// <param name="Assigned">The last position assigned.</param>
/// <param name="Finding">Names the first event above it; <see langword="null"/> if there is none any more.</param>
internal sealed record UnassignedPosition(long Highest, long Assigned, InconsistentStoreException? Finding);
