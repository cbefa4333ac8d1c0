namespace EventStore.EF;

/// <summary>How far a backup has come.</summary>
/// <param name="CopiedPages">The pages of the database that are copied; a page usually has 4,096 bytes.</param>
/// <param name="TotalPages">All pages.</param>
public readonly record struct SqliteBackupProgress(int CopiedPages, int TotalPages);
