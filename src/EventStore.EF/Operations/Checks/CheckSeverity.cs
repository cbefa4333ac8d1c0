namespace EventStore.EF;

/// <summary>The result of a <see cref="StoreCheck"/>; a higher value is worse.</summary>
public enum CheckSeverity
{
    /// <summary>Nothing was found.</summary>
    Passed,

    /// <summary>Something was found that need not be wrong, such as a paused subscription.</summary>
    Information,

    /// <summary>
    /// It could not be checked, for example because the database role may not see it. It is not known whether anything is wrong.
    /// </summary>
    Unknown,

    /// <summary>Something is wrong, or will be.</summary>
    Warning,

    /// <summary>Events are not delivered, not stored safely, or may be lost.</summary>
    Error,
}
