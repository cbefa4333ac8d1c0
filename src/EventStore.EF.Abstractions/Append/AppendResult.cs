namespace EventStore.EF;

/// <summary>The result of an append or a link.</summary>
/// <param name="StreamVersion">The stream's version afterwards: the number of the last event written.</param>
/// <param name="FirstPosition">The position of the first event; for a link, that of the linked event. 0 for a condition.</param>
/// <param name="LastPosition">The position of the last event. Positions in between may belong to other appends.</param>
public readonly record struct AppendResult(long StreamVersion, long FirstPosition, long LastPosition);
