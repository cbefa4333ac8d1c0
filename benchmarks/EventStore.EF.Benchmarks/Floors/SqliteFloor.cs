using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace EventStore.EF.Benchmarks;

/// <summary>
/// The floor of appends on SQLite: Microsoft.Data.Sqlite, one transaction for each append. SQLite has one writer, so the callers share
/// one connection behind a lock: with one each they would only wait for each other more clumsily.
/// </summary>
internal sealed class SqliteFloor : IDisposable
{
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly SqliteConnection _connection;
    private readonly SqliteCommand _begin;
    private readonly SqliteCommand _raise;
    private readonly SqliteCommand _create;
    private readonly SqliteCommand _insert;
    private readonly SqliteCommand _commit;

    public SqliteFloor(string connectionString)
    {
        _connection = new(connectionString);
        _connection.Open();
        using var settings = Command("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL");
        settings.ExecuteNonQuery();

        _begin = Command("BEGIN IMMEDIATE");
        _raise = Command(
            """
            UPDATE eventstore_streams SET version = version + 1
            WHERE tenant = '' AND name = @stream AND deleted_at IS NULL AND (@expected IS NULL OR version = @expected)
            RETURNING id, version
            """,
            "@stream", "@expected");
        _create = Command("INSERT INTO eventstore_streams (name, version) VALUES (@stream, 1) RETURNING id, version", "@stream");
        _insert = Command(
            """
            INSERT INTO eventstore_events (stream_id, version, event_id, type, schema_version, data, metadata, correlation_id, causation_id)
            VALUES (@stream_id, @version, @event_id, @type, @schema_version, CAST(@data AS TEXT), CAST(@metadata AS TEXT), @correlation_id, @causation_id)
            """,
            "@stream_id", "@version", "@event_id", "@type", "@schema_version", "@data", "@metadata", "@correlation_id", "@causation_id");
        _commit = Command("COMMIT");
    }

    public async Task AppendAsync(string stream)
    {
        var id = Guid.CreateVersion7();
        var data = OrderJson.Write(FloorOrder.Sample);
        await _turn.WaitAsync();
        try
        {
            _begin.ExecuteNonQuery();
            var (streamId, version) = Row(_raise, stream, null) ?? Row(_create, stream) ?? throw new InvalidOperationException($"Stream '{stream}' was refused.");
            Set(_insert, streamId, version, id, OrderPlaced.StoredName, 1, data, null, null, null);
            _insert.ExecuteNonQuery();
            if (raw.sqlite3_last_insert_rowid(_connection.Handle) <= 0)
                throw new InvalidOperationException("The event got no position.");

            _commit.ExecuteNonQuery();
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose()
    {
        foreach (var command in (SqliteCommand[])[_begin, _raise, _create, _insert, _commit])
            command.Dispose();

        _connection.Dispose();
        _turn.Dispose();
    }

    private static (long Id, long Version)? Row(SqliteCommand command, params ReadOnlySpan<object?> values)
    {
        Set(command, values);
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
