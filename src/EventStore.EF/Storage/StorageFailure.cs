namespace EventStore.EF.Storage;

/// <summary>Classifies an exception of the database.</summary>
internal enum StorageFailure
{
    /// <summary>Not a database failure, or an unexpected one; passed on unchanged.</summary>
    None,

    /// <summary>The database is unavailable or closed the connection; it may come back.</summary>
    Unavailable,

    /// <summary>The database refused: wrong user, password or database name. Retrying doesn't help.</summary>
    Refused,

    /// <summary>
    /// A conflict with another transaction: a deadlock, or a snapshot that is too old. Repeating the whole transaction helps.
    /// </summary>
    Conflict,

    /// <summary>Another transaction held a lock for longer than the operation may wait.</summary>
    Locked,

    /// <summary>The store's tables or functions are missing.</summary>
    SchemaMissing,
}
