namespace EventStore.EF;

/// <summary>What a loop of the store does in this process at one moment.</summary>
public sealed record LoopReport
{
    /// <summary>What it does, in a few words, such as <c>tail reader</c>.</summary>
    public required string Name { get; init; }

    /// <summary>What it does now.</summary>
    public required LoopState State { get; init; }

    /// <summary>For how long it has done so.</summary>
    public required TimeSpan Duration { get; init; }

    /// <summary>
    /// For how long it has not turned although it should have: since its present step began, or since its wait should have been over. Zero
    /// while it waits. A step that asks a database which doesn't answer takes as long as the time-out of the connection string.
    /// </summary>
    public required TimeSpan Overdue { get; init; }

    /// <summary>The exception that ended it, if <see cref="State"/> is <see cref="LoopState.Failed"/>.</summary>
    public string? Error { get; init; }
}
