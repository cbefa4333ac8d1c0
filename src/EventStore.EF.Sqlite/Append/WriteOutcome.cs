namespace EventStore.EF.Sqlite.Append;

/// <summary>The outcome of a write inside the open transaction.</summary>
/// <param name="Results">A result for each plan, in the same order; <see langword="null"/> if the write was refused.</param>
/// <param name="IsHalfDone">Whether it was refused after some of it was written, which must be rolled back.</param>
internal readonly record struct WriteOutcome(AppendResult[]? Results, bool IsHalfDone = false);
