namespace EventStore.EF;

/// <summary>A state and the version of the stream that it represents.</summary>
/// <param name="State">The state folded from the stream's events.</param>
/// <param name="Version">
/// The number of the last event; 0 for a stream that doesn't exist yet. The next append should expect this version.
/// </param>
public readonly record struct StreamState<TState>(TState State, long Version);
