namespace EventStore.EF.Subscriptions.Projections;

/// <summary>Why events could not be applied.</summary>
/// <param name="Exception">The exception.</param>
/// <param name="Step">How far the transaction got.</param>
/// <param name="IsBroken">Whether the transaction's connection is no longer open.</param>
/// <param name="IsAborted">Whether a handler's exception left the transaction unusable: the projection's own database reported it.</param>
internal sealed record ProjectionFailure(Exception Exception, ProjectionStep Step, bool IsBroken, bool IsAborted = false);

/// <summary>The steps of a projection's transaction.</summary>
internal enum ProjectionStep
{
    /// <summary>The store opens the connection and begins the transaction.</summary>
    Preparing,

    /// <summary>The handlers run.</summary>
    Handling,

    /// <summary>Their changes are saved.</summary>
    Saving,

    /// <summary>The store moves the checkpoint and commits.</summary>
    Finishing,
}
