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
}
