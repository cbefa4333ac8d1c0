namespace EventStore.EF;

/// <summary>The result of an update.</summary>
/// <param name="State">The state, with the events that were appended applied to it.</param>
/// <param name="StreamVersion">The stream's version afterwards; the loaded version if nothing was appended.</param>
/// <param name="FirstPosition">The position of the first event appended; 0 if nothing was appended.</param>
/// <param name="LastPosition">
/// The position of the last event appended; 0 if nothing was appended, which <see cref="ISubscriptionAdministration.WaitForAsync"/> doesn't
/// wait for.
/// </param>
public readonly record struct UpdateResult<TState>(TState State, long StreamVersion, long FirstPosition, long LastPosition);
