using EventStore.EF.Sqlite.Schema;

namespace EventStore.EF.Sqlite.Streams;

/// <summary>
/// The statements that permanently remove events, despite the guards, every link to them and, with a stream, its snapshots. They run in a
/// transaction that has the write lock: an append is either before them, and removed with the rest, or after them, and finds the stream as
/// they leave it.
/// </summary>
/// <remarks>
/// Separate statements remove links, not foreign keys: the connection may be the caller's, with foreign keys off. The guards that refuse
/// deletes are dropped and created again in the transaction that removes. A row that turns them off could be committed, and then they would
/// be off for everybody; but nobody ever sees a file without the guards.
/// </remarks>
internal sealed class RemoveStatements(SchemaName schema)
{
    /// <summary>
    /// Parameters: stream TEXT, expected INTEGER or NULL for any, undeleted INTEGER (1 if the stream must not be deleted). Returns the
    /// stream's id, or no row if it is missing or not as required.
    /// </summary>
    public string Find { get; } = schema.In("""
        SELECT id FROM "{schema}_streams"
        WHERE tenant = '' AND name = @stream AND (@expected IS NULL OR version = @expected) AND (NOT @undeleted OR deleted_at IS NULL)
        """);

    /// <summary>Returns the SQL of each guard that refuses a delete.</summary>
    public string Guards { get; } = schema.In("""
        SELECT sql FROM sqlite_master
        WHERE type = 'trigger'
          AND name IN ('{schema}_events_are_not_deleted', '{schema}_links_are_not_deleted', '{schema}_streams_are_kept')
        """);

    /// <summary>Drops these guards.</summary>
    public string DropGuards { get; } = schema.In("""
        DROP TRIGGER IF EXISTS "{schema}_events_are_not_deleted";
        DROP TRIGGER IF EXISTS "{schema}_links_are_not_deleted";
        DROP TRIGGER IF EXISTS "{schema}_streams_are_kept";
        """);

    /// <summary>Parameters: stream_id INTEGER. Removes the stream; events linked into it remain in their own streams.</summary>
    public string Remove { get; } = schema.In("""
        DELETE FROM "{schema}_stream_links" WHERE position IN (SELECT position FROM "{schema}_events" WHERE stream_id = @stream_id);
        DELETE FROM "{schema}_stream_links" WHERE stream_id = @stream_id;
        DELETE FROM "{schema}_events" WHERE stream_id = @stream_id;
        DELETE FROM "{schema}_snapshots" WHERE source = (SELECT name FROM "{schema}_streams" WHERE id = @stream_id);
        DELETE FROM "{schema}_streams" WHERE id = @stream_id;
        """);

    /// <summary>Parameters: stream_id INTEGER, before INTEGER, the number of the first event to keep. Removes the earlier events.</summary>
    public string Truncate { get; } = schema.In($$"""
        DELETE FROM "{schema}_stream_links"
        WHERE position IN (SELECT position FROM "{schema}_events" WHERE stream_id = @stream_id AND version < @before);
        DELETE FROM "{schema}_stream_links" WHERE stream_id = @stream_id AND number < @before;
        DELETE FROM "{schema}_events" WHERE stream_id = @stream_id AND version < @before;
        UPDATE "{schema}_streams" SET kept_from = min(@before, version + 1), last_activity_at = {{SqliteTime.Now}}
        WHERE id = @stream_id AND kept_from < min(@before, version + 1);
        """);
}
