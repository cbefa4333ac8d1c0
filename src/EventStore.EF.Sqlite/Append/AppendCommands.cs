using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace EventStore.EF.Sqlite;

/// <summary>The statements of an append, prepared on one connection.</summary>
internal sealed class AppendCommands : IDisposable
{
    private readonly SqliteConnection _connection;
    private readonly SqliteCommand _raise;
    private readonly SqliteCommand _create;
    private readonly SqliteCommand _insert;
    private readonly SqliteCommand _stands;

    public AppendCommands(SqliteConnection connection, AppendStatements statements)
    {
        _connection = connection;
        _raise = Command(statements.Raise, "@stream", "@count", "@expected");
        _create = Command(statements.Create, "@stream", "@count");
        _insert = Command(
            statements.Insert, "@stream_id", "@version", "@event_id", "@type", "@schema_version", "@data", "@metadata", "@correlation_id", "@causation_id");
        _stands = Command(statements.Stands, "@event_id");
    }

    /// <summary>
    /// Writes the events inside the open transaction. Returns <see langword="null"/>, with nothing written, when the stream is not
    /// as expected or an id stands already.
    /// </summary>
    public AppendResult? Append(AppendPlan plan)
    {
        _connection.Execute("SAVEPOINT append");
        PlannedEvent? inserting = null;
        try
        {
            if (Reserve(plan) is not var (streamId, version))
                return Undo();

            long first = 0, position = 0;
            var number = version - plan.Events.Count;
            foreach (var @event in plan.Events)
            {
                inserting = @event;
                position = Insert(streamId, ++number, @event);
                if (first == 0)
                    first = position;
            }

            _connection.Execute("RELEASE append");
            return new(version, first, position);
        }
        catch (Exception exception) when (_connection.IsInTransaction())
        {
            Undo();
            // Whether it was the unique index or the guard trigger that refused, only looking tells whether the id was the reason.
            if (exception is SqliteException { SqliteErrorCode: raw.SQLITE_CONSTRAINT } && inserting is not null && Stands(inserting.Id))
                return null;

            throw;
        }
    }

    public void Dispose()
    {
        _raise.Dispose();
        _create.Dispose();
        _insert.Dispose();
        _stands.Dispose();
    }

    /// <summary>Makes room for the events in the stream: its id, and its version after them.</summary>
    private (long Id, long Version)? Reserve(AppendPlan plan)
    {
        Set(_raise, plan.Stream.Value, plan.Events.Count, plan.Expected.Version);
        if (Row(_raise) is { } raised)
            return raised;

        if (!plan.Expected.CreatesStream)
            return null;

        Set(_create, plan.Stream.Value, plan.Events.Count);
        return Row(_create);
    }

    private long Insert(long streamId, long version, PlannedEvent @event)
    {
        Set(_insert, streamId, version, @event.Id, @event.Type, @event.SchemaVersion, @event.Data, @event.Metadata, @event.CorrelationId, @event.CausationId);
        _insert.ExecuteNonQuery();
        return raw.sqlite3_last_insert_rowid(_connection.Handle);
    }

    private bool Stands(Guid id)
    {
        Set(_stands, id);
        return _stands.ExecuteScalar() is not null;
    }

    private AppendResult? Undo()
    {
        _connection.Execute("ROLLBACK TO append; RELEASE append");
        return null;
    }

    private static (long Id, long Version)? Row(SqliteCommand command)
    {
        using var reader = command.ExecuteReader();
        return reader.Read() ? (reader.GetInt64(0), reader.GetInt64(1)) : null;
    }

    private static void Set(SqliteCommand command, params ReadOnlySpan<object?> values)
    {
        for (var index = 0; index < values.Length; index++)
            command.Parameters[index].Value = values[index] ?? DBNull.Value;
    }

    private SqliteCommand Command(string sql, params ReadOnlySpan<string> parameters)
    {
        var command = _connection.CreateCommand();
        command.CommandText = sql;
        foreach (var name in parameters)
            command.Parameters.Add(new SqliteParameter { ParameterName = name });

        return command;
    }
}
