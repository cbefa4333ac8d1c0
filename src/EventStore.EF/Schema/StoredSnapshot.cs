namespace EventStore.EF.Schema;

/// <summary>A row of the table <c>snapshots</c>: the newest snapshot of one type that was taken of a stream.</summary>
internal sealed class StoredSnapshot
{
    public string Source { get; init; } = "";

    public string Type { get; init; } = "";

    public long Version { get; init; }

    public DateTime CreatedAt { get; init; }

    public string? ContentType { get; init; }

    public string? Metadata { get; init; }

    public string? Data { get; init; }

    public byte[]? DataBinary { get; init; }
}
