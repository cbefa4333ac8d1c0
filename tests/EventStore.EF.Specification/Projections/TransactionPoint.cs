namespace EventStore.EF.Specification;

/// <summary>Where something can go wrong in a projection's transaction.</summary>
public enum TransactionPoint
{
    /// <summary>Before it begins.</summary>
    Beginning,

    /// <summary>It has begun; no handler was called.</summary>
    Begun,

    /// <summary>The handlers are done, nothing is saved.</summary>
    Saving,

    /// <summary>All is saved, the checkpoint isn't written.</summary>
    Saved,

    /// <summary>The checkpoint is written; COMMIT isn't sent.</summary>
    Committing,

    /// <summary>All is committed; nobody has been told.</summary>
    Committed,
}
