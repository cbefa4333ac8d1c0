namespace EventStore.EF.Storage;

/// <summary>Classifies an exception of the database driver when the connection that threw it is unknown.</summary>
internal enum DriverTrouble
{
    /// <summary>
    /// Inconclusive: a connection that broke or couldn't be opened, a statement that took too long, a lock. Query the database to find out.
    /// </summary>
    Unclear,

    /// <summary>The state of the server, which no statement causes: a full disk, no memory, read-only after a failover.</summary>
    Server,

    /// <summary>
    /// Incorrect use of a connection: by two calls at the same time, or while a call that was not awaited was still running.
    /// </summary>
    Misuse,
}
