namespace EventStore.EF;

/// <summary>Why events could not be applied.</summary>
/// <param name="Exception">What was thrown.</param>
/// <param name="Step">How far the transaction had come.</param>
/// <param name="IsBroken">Whether the transaction's connection is no longer open.</param>
internal sealed record ProjectionFailure(Exception Exception, ProjectionStep Step, bool IsBroken);

/// <summary>How far a projection's transaction has come.</summary>
internal enum ProjectionStep
{
    /// <summary>The store opens the connection and begins the transaction.</summary>
    Preparing,

    /// <summary>The handlers run.</summary>
    Handling,

    /// <summary>What they left to save is saved.</summary>
    Saving,

    /// <summary>The store moves the checkpoint and commits.</summary>
    Finishing,
}
