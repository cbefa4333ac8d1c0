namespace EventStore.EF.PostgreSQL.Tests.Order.Exploration;

/// <summary>What becomes of an appender, and where it is held open on its way.</summary>
public enum Fate
{
    /// <summary>Appends · commits.</summary>
    Commits,

    /// <summary>Appends · rolls back.</summary>
    RollsBack,

    /// <summary>Appends · its server process is ended.</summary>
    IsKilled,

    /// <summary>Begins to write elsewhere · appends · commits: held before it has the store's lock.</summary>
    IsHeldBeforeTheLock,

    /// <summary>Has taken a position · inserts · commits: held between the position and the row.</summary>
    IsHeldAfterItsPosition,

    /// <summary>Appends · rolls back to before that, and appends again · commits.</summary>
    UndoesASavepoint,

    /// <summary>Appends · is prepared · is committed.</summary>
    IsPreparedAndCommitted,

    /// <summary>Appends · is prepared · is rolled back.</summary>
    IsPreparedAndRolledBack,

    /// <summary>Appends · begins its commit · commits: held in a deferred trigger, before the commit is written.</summary>
    IsHeldInTheCommitsChecks,

    /// <summary>Appends · has its commit flushed · shows it: held waiting for a stand-by, when a crash would already commit it.</summary>
    IsHeldAfterTheCommitsFlush,
}
