namespace EventStore.EF;

/// <summary>
/// A transaction that has appended and is still open. Its events may still become visible, so later events of any writer are not delivered
/// before it ends. SQLite has none: its positions become visible in order.
/// </summary>
/// <param name="SessionId">
/// The database session that runs it, on PostgreSQL the id of the server process; <see langword="null"/> for a prepared transaction, which
/// no session runs.
/// </param>
/// <param name="Application">The <c>application_name</c> of its connection; <see langword="null"/> for a prepared transaction.</param>
/// <param name="Age">
/// How long it has been open, or prepared, by the server's clock; <see langword="null"/> for a transaction of another database role that
/// this one may not see (grant <c>pg_read_all_stats</c>), and for a session that has not appended, which may keep its lock for longer than
/// a transaction.
/// </param>
/// <param name="PreparedName">
/// Its name, if it is prepared: it stays until <c>COMMIT PREPARED</c> or <c>ROLLBACK PREPARED</c>, even across a server restart.
/// </param>
public sealed record BlockingTransaction(int? SessionId, string? Application, TimeSpan? Age, string? PreparedName)
{
    /// <summary>The database role that the session logged in as; <see langword="null"/> for a prepared transaction.</summary>
    public string? Role { get; init; }

    /// <summary>
    /// Whether it has appended, or changed a stream. False for a session that took the store's advisory lock by itself, which every login
    /// of the database can do: it has no events to wait for.
    /// </summary>
    public bool IsAppender { get; init; } = true;
}
