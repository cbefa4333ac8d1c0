namespace EventStore.EF.Faults;

/// <summary>What can be planted into a sound history, to see that the checker finds it.</summary>
internal enum Plant
{
    /// <summary>One delivery is taken away.</summary>
    Lost,

    /// <summary>One effect happens twice.</summary>
    Doubled,

    /// <summary>Two deliveries change places.</summary>
    Swapped,

    /// <summary>An event is delivered that was never stored.</summary>
    Phantom,
}
