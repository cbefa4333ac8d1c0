namespace EventStore.EF.Sqlite.StartChecks;

/// <summary>Requires UTF-8. SQLite compares text byte by byte, so UTF-16 would order streams differently than the store expects.</summary>
internal static class EncodingCheck
{
    public static void Check(string encoding, string path)
    {
        if (encoding != "UTF-8")
        {
            throw new InvalidOperationException(
                $"The database '{path}' has the encoding {encoding}, but the event store needs UTF-8. The encoding of a file can't be " +
                "changed: copy its content into a new file with the sqlite3 shell, as in: sqlite3 old.db .dump | sqlite3 new.db");
        }
    }
}
