namespace EventStore.EF.Sqlite;

/// <summary>SQLite compares text byte by byte. In UTF-16 that is another order of streams than the store reads and looks for.</summary>
internal static class EncodingCheck
{
    public static void Check(string encoding, string path)
    {
        if (encoding != "UTF-8")
        {
            throw new InvalidOperationException(
                $"The database '{path}' has the encoding {encoding}, and the event store needs UTF-8. The encoding of a file can't be " +
                "changed: write the old one's content into a new file by the sqlite3 shell, as in: sqlite3 old.db .dump | sqlite3 new.db");
        }
    }
}
