namespace EventStore.EF;

/// <summary>
/// The one row of the table <c>store_info</c>. The epoch is to be changed by whoever restores the database to an earlier state, so
/// that running processes forget what they knew of positions.
/// </summary>
internal sealed class StoreInfo
{
    public int Id { get; init; }

    public Guid StoreId { get; init; }

    public Guid Epoch { get; init; }

    public DateTime CreatedAt { get; init; }
}
