namespace EventStore.EF;

/// <summary>Whose fault an exception of the database is.</summary>
internal enum StorageFailure
{
    /// <summary>Not the database's trouble, or unexpected: passed on as it is.</summary>
    None,

    /// <summary>The database is away or broke the connection off; it may come back.</summary>
    Unavailable,

    /// <summary>The database refused: wrong user, password or database name. Trying again doesn't help.</summary>
    Refused,

    /// <summary>Another transaction was in the way: a deadlock, or a snapshot that is too old. Repeating the whole transaction helps.</summary>
    Conflict,

    /// <summary>Somebody held a lock for longer than the operation may wait.</summary>
    Locked,

    /// <summary>The store's tables or functions are missing.</summary>
    SchemaMissing,
}
