namespace EventStore.EF;

/// <summary>The order in which streams are listed.</summary>
public enum StreamOrder
{
    /// <summary>By name, ordinally by code point.</summary>
    Name,

    /// <summary>The stream with the latest activity first. The database reads every stream to sort them.</summary>
    LastActivity,
}
