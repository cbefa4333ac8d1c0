using EventStore.EF.Operations.Checks;
using EventStore.EF.Sqlite.Connections;
using EventStore.EF.Sqlite.Schema;
using EventStore.EF.Storage;

namespace EventStore.EF.Sqlite.Operations;

/// <summary>Asks the file and the operating system what an operator wants to know.</summary>
internal sealed class FileInspector(SqliteDatabase database, SchemaName schema)
{
    /// <summary>The indexes that the store's statements need, as the model names them; keys have their own.</summary>
    private static readonly string[] Indexes =
    [
        "ux_eventstore_streams_name", "ux_eventstore_events_stream_version", "ux_eventstore_events_event_id",
        "ux_eventstore_stream_links_position", "ux_eventstore_subscriptions_name", "ux_eventstore_parked_events_place",
        "ix_eventstore_parked_events_key", "ix_eventstore_parked_events_replay",
    ];

    public ServerInspection Run()
    {
        using var connection = database.Open();
        string version, journalMode;
        long bytes;
        using (var facts = connection.Command(FileStatements.Facts))
        {
            using var reader = facts.ExecuteReader();
            reader.Read();
            (version, journalMode, bytes) = (reader.GetString(0), reader.GetString(1), reader.GetInt64(2));
        }

        var (indexes, triggers) = (new HashSet<string>(StringComparer.Ordinal), new HashSet<string>(StringComparer.Ordinal));
        using (var objects = connection.Command(FileStatements.Objects))
        {
            using var reader = objects.ExecuteReader();
            while (reader.Read())
                (reader.GetString(0) == "index" ? indexes : triggers).Add(reader.GetString(1));
        }

        return new(
            version, bytes,
            [
                CheckDefinition.Engine.Passed(), CheckDefinition.Positions.Passed(),
                .. FileRules.Guards(schema.Value, Indexes.Select(schema.Identifier), indexes, triggers),
                FileRules.Durability(journalMode), FileRules.Disk(FreeBytes(), database.Path),
            ]);
    }

    private long? FreeBytes()
    {
        try
        {
            return new DriveInfo(Path.GetDirectoryName(database.Path)!).AvailableFreeSpace;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return null;
        }
    }
}
