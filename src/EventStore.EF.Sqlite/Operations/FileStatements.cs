namespace EventStore.EF.Sqlite.Operations;

/// <summary>What an operator asks of the file. Nothing here reads rows of the store.</summary>
internal static class FileStatements
{
    /// <summary>The version of SQLite, the journal mode, and the size of the file in bytes.</summary>
    public const string Facts = """
        SELECT sqlite_version(), (SELECT journal_mode FROM pragma_journal_mode),
            (SELECT page_count FROM pragma_page_count) * (SELECT page_size FROM pragma_page_size)
        """;

    /// <summary>The indexes and triggers of the file, of all stores in it. Returns the type and the name of each.</summary>
    public const string Objects = "SELECT type, name FROM sqlite_master WHERE type IN ('index', 'trigger')";
}
