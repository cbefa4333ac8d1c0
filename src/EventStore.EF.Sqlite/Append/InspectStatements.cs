using Microsoft.Data.Sqlite;

namespace EventStore.EF.Sqlite;

/// <summary>The statements that tell why an append was refused.</summary>
internal sealed class InspectStatements(SchemaName schema)
{
    /// <summary>Parameters: stream TEXT. Returns the stream's version and whether it is deleted, or no row.</summary>
    private const string StreamSql = """SELECT version, deleted_at IS NOT NULL FROM "{schema}_streams" WHERE name = @stream""";

    /// <summary>Parameters: ids TEXT, a JSON array. Returns where those of the ids stand that do: id, stream, version, position.</summary>
    private const string StandingSql =
        """
        SELECT e.event_id, s.name, e.version, e.position
        FROM json_each(@ids) AS i
        CROSS JOIN "{schema}_events" AS e ON e.event_id = i.value
        CROSS JOIN "{schema}_streams" AS s ON s.id = e.stream_id
        """;

    private readonly string _stream = schema.In(StreamSql);
    private readonly string _standing = schema.In(StandingSql);

    /// <summary>Both looks in one snapshot, so that they fit together.</summary>
    public StreamInspection Run(SqliteConnection connection, AppendPlan plan)
    {
        using var snapshot = connection.BeginTransaction(deferred: true);
        var standing = Standing(connection, snapshot, plan);
        using var command = connection.Command(_stream, ("@stream", plan.Stream.Value));
        command.Transaction = snapshot;
        using var reader = command.ExecuteReader();
        return reader.Read() ? new(reader.GetInt64(0), reader.GetBoolean(1), standing) : new(null, false, standing);
    }

    private List<StandingEvent> Standing(SqliteConnection connection, SqliteTransaction snapshot, AppendPlan plan)
    {
        // Upper case, as ids are stored.
        var ids = string.Join("\",\"", plan.Events.Select(@event => @event.Id.ToString("D").ToUpperInvariant()));
        using var command = connection.Command(_standing, ("@ids", $"[\"{ids}\"]"));
        command.Transaction = snapshot;
        using var reader = command.ExecuteReader();
        var standing = new List<StandingEvent>();
        while (reader.Read())
            standing.Add(new(reader.GetGuid(0), reader.GetString(1), reader.GetInt64(2), reader.GetInt64(3)));

        return standing;
    }
}
