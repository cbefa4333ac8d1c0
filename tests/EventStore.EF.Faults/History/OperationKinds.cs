namespace EventStore.EF.Faults;

/// <summary>How writers append.</summary>
internal static class OperationKinds
{
    /// <summary>One event, whatever the stream's version.</summary>
    public const string Single = "single";

    /// <summary>Several events to one stream.</summary>
    public const string Batch = "batch";

    /// <summary>The version must be the one that the writer last heard of.</summary>
    public const string Expected = "expected";

    /// <summary>Several streams together.</summary>
    public const string Several = "several";

    /// <summary>In a transaction of EF Core's together with a row of the writer's own.</summary>
    public const string Accompanied = "accompanied";

    /// <summary>One event, and the caller stops waiting for the answer after a moment.</summary>
    public const string Cancelled = "cancelled";
}
