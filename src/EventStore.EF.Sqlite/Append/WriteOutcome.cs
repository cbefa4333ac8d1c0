namespace EventStore.EF.Sqlite;

/// <summary>What a write did inside the open transaction.</summary>
/// <param name="Results">For each plan, in the same order; <see langword="null"/> when it was refused.</param>
/// <param name="IsHalfDone">Whether it was refused after a part of it was written, which is to be rolled back.</param>
internal readonly record struct WriteOutcome(AppendResult[]? Results, bool IsHalfDone = false);
