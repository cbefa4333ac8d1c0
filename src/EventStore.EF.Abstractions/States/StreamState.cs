namespace EventStore.EF;

/// <summary>A state and the version of the stream that it stands for.</summary>
/// <param name="State">What the stream's events come to.</param>
/// <param name="Version">The number of the last event; 0 for a stream that doesn't exist yet. What the next append should expect.</param>
public readonly record struct StreamState<TState>(TState State, long Version);
