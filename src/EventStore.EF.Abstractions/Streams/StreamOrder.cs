namespace EventStore.EF;

/// <summary>The order in which streams are listed.</summary>
public enum StreamOrder
{
    /// <summary>By name, ordinally by code point.</summary>
    Name,

    /// <summary>The stream with the latest activity first. The database looks at every stream for that.</summary>
    LastActivity,
}
