namespace EventStore.EF;

/// <summary>What an exception of the database's driver tells of the database, for who can't know on which connection it was thrown.</summary>
internal enum DriverTrouble
{
    /// <summary>Nothing for sure: a connection that broke or couldn't be made, a statement that took too long, a lock. The database is to be asked.</summary>
    Unclear,

    /// <summary>The server's own state, which nobody's statement is to blame for: a full disk, no memory, read-only after a failover.</summary>
    Server,

    /// <summary>A connection was used wrongly: by two calls at once, or while a call that nobody awaited was still under way.</summary>
    Misuse,
}
