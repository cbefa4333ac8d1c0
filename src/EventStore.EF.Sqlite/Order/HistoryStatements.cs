namespace EventStore.EF.Sqlite.Order;

/// <summary>The statements of <see cref="StoreHistory"/>.</summary>
internal sealed class HistoryStatements(SchemaName schema)
{
    /// <summary>
    /// Parameters: position INTEGER. Returns the id of the event at the position, or NULL, and the highest position ever assigned in this
    /// file, which hard deletes and truncations don't lower.
    /// </summary>
    public string Event { get; } = schema.In("""
        SELECT
            (SELECT event_id FROM "{schema}_events" WHERE position = @position),
            ifnull((SELECT seq FROM sqlite_sequence WHERE name = '{schema}_events'), 0)
        """);

    /// <summary>Returns the position and id of the last event, or no row.</summary>
    public string Head { get; } = schema.In("""SELECT position, event_id FROM "{schema}_events" ORDER BY position DESC LIMIT 1""");
}
