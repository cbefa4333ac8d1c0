namespace EventStore.EF;

/// <summary>The state of the store's schema, compared with the migrations of this version of the package.</summary>
public sealed record SchemaReport
{
    /// <summary>The name of the schema; see <see cref="EventStoreOptions.Schema"/>.</summary>
    public required string Name { get; init; }

    /// <summary>The state.</summary>
    public required SchemaState State { get; init; }

    /// <summary>The migrations of this version that the schema lacks, in order.</summary>
    public required IReadOnlyList<string> Missing { get; init; }

    /// <summary>The migrations of the schema that this version doesn't know, in order.</summary>
    public required IReadOnlyList<string> Newer { get; init; }

    /// <summary>Why the state is unknown; otherwise <see langword="null"/>.</summary>
    public string? Reason { get; init; }
}
