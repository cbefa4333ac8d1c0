namespace EventStore.EF.Schema;

/// <summary>
/// The only row of the table <c>store_info</c>. When the database is restored to an earlier state, the epoch must be changed, so that
/// running processes forget what they know about positions.
/// </summary>
internal sealed class StoreInfo
{
    public int Id { get; init; }

    public Guid StoreId { get; init; }

    public Guid Epoch { get; init; }

    public DateTime CreatedAt { get; init; }

    /// <summary>The kind of database, which the store's own statements are written for.</summary>
    public string Engine { get; init; } = "";

    /// <summary>How positions are assigned.</summary>
    public string PositionAllocator { get; init; } = "";

    /// <summary>The version of EventStore.EF whose migrations created the store.</summary>
    public string CreatedBy { get; init; } = "";
}
