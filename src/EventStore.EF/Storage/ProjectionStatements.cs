namespace EventStore.EF;

/// <summary>What is around a projection's transaction, which runs on connections of the application's contexts, in one database's words.</summary>
internal sealed record ProjectionStatements
{
    /// <summary>Sets the connection up before the transaction begins; <see langword="null"/> where there is nothing to set.</summary>
    public required string? Prepare { get; init; }

    /// <summary>
    /// Has the server end the transaction when its process doesn't go on with it: it would keep the subscription's row from the next owner.
    /// <see langword="null"/> where locks end with the process. Parameters: milliseconds.
    /// </summary>
    public required string? Limit { get; init; }

    /// <summary>A text that changes when something is written on the connection.</summary>
    public required string Written { get; init; }

    /// <summary>
    /// How long a busy projection leaves the write lock to others, now and then, where there is one for the whole database and whoever waits for
    /// it only looks; zero elsewhere.
    /// </summary>
    public required TimeSpan Pause { get; init; }

    /// <summary>
    /// Marks the database until the end of the transaction. Parameters: key (a random number). Returns a text, to be handed to
    /// <see cref="IsMarked"/> on another connection.
    /// </summary>
    public required string Mark { get; init; }

    /// <summary>
    /// Whether a table, or a view, of the connection's database is there. Parameters: schema (null for where unqualified names are looked up), table.
    /// </summary>
    public required string HasTable { get; init; }

    /// <summary>Whether the connection is to the database that another one has marked. Parameters: key, mark (the text).</summary>
    public required string IsMarked { get; init; }
}
