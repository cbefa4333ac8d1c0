namespace EventStore.EF;

/// <summary>What an append wrote.</summary>
/// <param name="StreamVersion">The stream's version after the append: that of the last event written.</param>
/// <param name="FirstPosition">The position of the first event written.</param>
/// <param name="LastPosition">The position of the last event written. Positions in between may belong to other appends.</param>
public readonly record struct AppendResult(long StreamVersion, long FirstPosition, long LastPosition);
