using EventStore.EF.Sqlite.Connections;
using EventStore.EF.Storage;
using Microsoft.Data.Sqlite;

namespace EventStore.EF.Sqlite.Append;

/// <summary>Finds out why a write was refused.</summary>
internal sealed class ConflictReader(SqliteDatabase database, SchemaName schema)
{
    private readonly ConflictStatements _statements = new(schema);

    /// <summary>
    /// Inspects everything in one snapshot, so that the answers are consistent. The caller's transaction already has the write lock and
    /// sees the newest state, never a snapshot of an earlier one, which <see cref="WriteInspection.IsSnapshot"/> would report.
    /// </summary>
    public WriteInspection Inspect(IReadOnlyList<StreamPlan> plans, SqliteTransaction? transaction)
    {
        if (transaction is not null)
            return new(Inspect(plans, (SqliteConnection)TransactionRules.OpenConnection(transaction), transaction));

        using var connection = database.Open();
        using var snapshot = connection.BeginTransaction(deferred: true);
        return new(Inspect(plans, connection, snapshot));
    }

    private List<StreamInspection> Inspect(IReadOnlyList<StreamPlan> plans, SqliteConnection connection, SqliteTransaction transaction)
    {
        var found = new List<StreamInspection>(plans.Count);
        foreach (var plan in plans)
        {
            Guid? unknown = null;
            var standing = plan switch
            {
                AppendPlan => Events(plan, connection, transaction),
                LinkPlan => Links(plan, connection, transaction, out unknown),
                _ => [],
            };
            var (version, isDeleted, last) = Stream(plan.Stream, connection, transaction);
            found.Add(new(version, isDeleted, standing, unknown, last));
        }

        return found;
    }

    private (long? Version, bool IsDeleted, long LastNumber) Stream(
        StreamName stream, SqliteConnection connection, SqliteTransaction transaction)
    {
        using var command = Command(connection, transaction, _statements.Stream, ("@stream", stream.Value));
        using var reader = command.ExecuteReader();
        return reader.Read() ? (reader.GetInt64(0), reader.GetBoolean(1), reader.GetInt64(2)) : (null, false, 0);
    }

    private List<StandingEvent> Events(StreamPlan plan, SqliteConnection connection, SqliteTransaction transaction)
    {
        using var command = Command(connection, transaction, _statements.Events, ("@ids", Json(plan.Ids)));
        using var reader = command.ExecuteReader();
        var standing = new List<StandingEvent>();
        while (reader.Read())
            standing.Add(new(reader.GetGuid(0), reader.GetString(1), reader.GetInt64(2), reader.GetInt64(3)));

        return standing;
    }

    private List<StandingEvent> Links(StreamPlan plan, SqliteConnection connection, SqliteTransaction transaction, out Guid? unknown)
    {
        using var command = Command(connection, transaction, _statements.Links, ("@ids", Json(plan.Ids)), ("@stream", plan.Stream.Value));
        using var reader = command.ExecuteReader();
        var standing = new List<StandingEvent>();
        unknown = null;
        while (reader.Read())
        {
            if (reader.IsDBNull(1))
                unknown ??= reader.GetGuid(0);
            else if (!reader.IsDBNull(2))
                standing.Add(new(reader.GetGuid(0), plan.Stream.Value, reader.GetInt64(2), reader.GetInt64(1), reader.GetBoolean(3)));
        }

        return standing;
    }

    private static SqliteCommand Command(
        SqliteConnection connection, SqliteTransaction transaction, string sql, params ReadOnlySpan<(string, object?)> parameters)
    {
        var command = (SqliteCommand)connection.Command(sql, parameters);
        command.Transaction = transaction;
        return command;
    }

    /// <summary>A JSON array of the ids, in upper case as they are stored.</summary>
    private static string Json(IReadOnlyList<Guid> ids)
        => $"[\"{string.Join("\",\"", ids.Select(id => id.ToString("D").ToUpperInvariant()))}\"]";
}
