namespace EventStore.EF;

/// <summary>What a store is: the row that its first migration wrote.</summary>
public sealed record StoreIdentity
{
    /// <summary>Identifies the store and all copies of it.</summary>
    public required Guid StoreId { get; init; }

    /// <summary>Changed by whoever restores an earlier state of the database.</summary>
    public required Guid Epoch { get; init; }

    /// <summary>When it was created, by the database's clock, in UTC.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>The kind of database that it was created for, such as <c>postgresql</c>.</summary>
    public required string Engine { get; init; }

    /// <summary>How positions are assigned, such as <c>sequence</c>.</summary>
    public required string PositionAllocator { get; init; }

    /// <summary>The version of the package whose migrations created it.</summary>
    public required string CreatedBy { get; init; }
}
