namespace EventStore.EF.Storage.Sql;

/// <summary>The SQL around a projection's transaction, which runs on connections of the application's contexts.</summary>
internal sealed record ProjectionStatements
{
    /// <summary>Sets up the connection before the transaction begins; <see langword="null"/> if there is nothing to set up.</summary>
    public required string? Prepare { get; init; }

    /// <summary>
    /// Makes the server end the transaction if its process stalls; otherwise the next owner could not get the subscription's row.
    /// <see langword="null"/> if locks end with the process. Parameters: milliseconds.
    /// </summary>
    public required string? Limit { get; init; }

    /// <summary>A text that changes whenever something is written on the connection.</summary>
    public required string Written { get; init; }

    /// <summary>
    /// How long a busy projection releases the write lock from time to time, if the whole database has one write lock and waiters only poll
    /// for it; zero otherwise.
    /// </summary>
    public required TimeSpan Pause { get; init; }

    /// <summary>
    /// Marks the database until the end of the transaction. Parameters: key (a random number). Returns a text to pass to
    /// <see cref="IsMarked"/> on another connection.
    /// </summary>
    public required string Mark { get; init; }

    /// <summary>
    /// Whether a table or view exists in the connection's database. Parameters: schema (null for the schemas in which unqualified names are
    /// looked up), table.
    /// </summary>
    public required string HasTable { get; init; }

    /// <summary>Whether the connection is to the database that another connection has marked. Parameters: key, mark (the text).</summary>
    public required string IsMarked { get; init; }
}
