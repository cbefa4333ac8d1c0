namespace EventStore.EF;

/// <summary>What a loop of the store does.</summary>
public enum LoopState
{
    /// <summary>It waits: for something to do, or for its next turn.</summary>
    Waiting,

    /// <summary>It carries out a step.</summary>
    Working,

    /// <summary>It has ended as intended, for example because the host stops or its subscription was deleted.</summary>
    Ended,

    /// <summary>An exception has ended it, and nothing does its work any more.</summary>
    Failed,
}
