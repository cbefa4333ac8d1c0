namespace EventStore.EF;

/// <summary>The SQL by which streams are deleted and brought back, in one database's words.</summary>
internal sealed record StreamStatements
{
    /// <summary>
    /// Marks a stream as deleted, if it isn't yet and is as expected, in this one statement. Parameters: name, expected (the version, or
    /// null for any). Changes one row, or none.
    /// </summary>
    public required string Delete { get; init; }

    /// <summary>Takes a deletion back. Parameters: name. Changes one row, or none when the stream is missing or not deleted.</summary>
    public required string Undelete { get; init; }
}
