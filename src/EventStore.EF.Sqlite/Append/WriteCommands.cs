using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace EventStore.EF.Sqlite;

/// <summary>The statements that write, prepared on one connection.</summary>
/// <param name="connection">Has the write lock when something is written.</param>
/// <param name="statements">Of the store.</param>
/// <param name="transaction">The caller's transaction, if the connection is the caller's.</param>
internal sealed class WriteCommands(SqliteConnection connection, WriteStatements statements, SqliteTransaction? transaction = null) : IDisposable
{
    private readonly SqliteCommand _look = Command(connection, transaction, statements.Look, "@stream");
    private readonly SqliteCommand _raise = Command(connection, transaction, statements.Raise, "@stream", "@count", "@expected", "@links");
    private readonly SqliteCommand _create = Command(connection, transaction, statements.Create, "@stream", "@count", "@created_at", "@links");
    private readonly SqliteCommand _insert = Command(
        connection, transaction, statements.Insert,
        "@stream_id", "@version", "@created_at", "@event_id", "@type", "@schema_version", "@content_type", "@data", "@data_binary", "@metadata",
        "@correlation_id", "@causation_id");
    private readonly SqliteCommand _link = Command(connection, transaction, statements.Link, "@stream_id", "@number", "@event_id");
    private readonly SqliteCommand _stands = Command(connection, transaction, statements.Stands, "@event_id");
    private PlannedEvent? _inserting;

    /// <summary>Carries out all plans inside the open transaction. An exception leaves a part written, which is to be rolled back.</summary>
    public WriteOutcome Write(IReadOnlyList<StreamPlan> plans)
    {
        _inserting = null;

        // All are looked at before the first is written: what most writes are refused for is found while there is nothing to roll back.
        if (plans.Count > 1 && !plans.All(IsAsExpected))
            return default;

        var results = new AppendResult[plans.Count];
        for (var index = 0; index < results.Length; index++)
        {
            if (Write(plans[index], out var isHalfDone) is not { } result)
                return new(null, isHalfDone || index > 0);

            results[index] = result;
        }

        return new(results);
    }

    /// <summary>
    /// Whether the exception came of an event whose id stands in the store; to be asked after the rollback. Whether it was the
    /// unique index or the guard trigger that refused, only looking tells whether the id was the reason.
    /// </summary>
    public bool IsIdTaken(Exception exception)
    {
        if (exception is not SqliteException { SqliteErrorCode: raw.SQLITE_CONSTRAINT } || _inserting is null)
            return false;

        Set(_stands, _inserting.Id);
        return _stands.ExecuteScalar() is not null;
    }

    public void Dispose()
    {
        _look.Dispose();
        _raise.Dispose();
        _create.Dispose();
        _insert.Dispose();
        _link.Dispose();
        _stands.Dispose();
    }

    private AppendResult? Write(StreamPlan plan, out bool isHalfDone)
    {
        isHalfDone = false;
        return plan switch
        {
            AppendPlan append => Append(append),
            LinkPlan link => Link(link, out isHalfDone),
            _ => IsAsExpected(plan, out var version) ? new(version, 0, 0) : null,
        };
    }

    private AppendResult? Append(AppendPlan plan)
    {
        if (Reserve(plan, plan.Events.Count, plan.CreatedAt, isLink: false) is not var (streamId, version, now))
            return null;

        var createdAt = plan.CreatedAt is { } time ? SqliteTime.Text(time.UtcDateTime) : now;
        long first = 0, position = 0;
        var number = version - plan.Events.Count;
        foreach (var @event in plan.Events)
        {
            _inserting = @event;
            position = Insert(streamId, ++number, createdAt, @event);
            if (first == 0)
                first = position;
        }

        return new(version, first, position);
    }

    private AppendResult? Link(LinkPlan plan, out bool isHalfDone)
    {
        isHalfDone = false;
        if (Reserve(plan, plan.EventIds.Count, createdAt: null, isLink: true) is not var (streamId, version, _))
            return null;

        long first = 0, position = 0;
        var number = version - plan.EventIds.Count;
        foreach (var id in plan.EventIds)
        {
            Set(_link, streamId, ++number, id);
            if (_link.ExecuteScalar() is not long linked)
            {
                isHalfDone = true;
                return null;
            }

            position = linked;
            if (first == 0)
                first = position;
        }

        return new(version, first, position);
    }

    private bool IsAsExpected(StreamPlan plan) => IsAsExpected(plan, out _);

    private bool IsAsExpected(StreamPlan plan, out long version)
    {
        Set(_look, plan.Stream.Value);
        using var reader = _look.ExecuteReader();
        if (!reader.Read())
        {
            version = 0;
            return plan.Expected.CreatesStream;
        }

        version = reader.GetInt64(0);
        return !reader.GetBoolean(1) && plan.Expected.Accepts(version);
    }

    /// <summary>Makes room in the stream: its id, its version after what is to be written, and the time.</summary>
    private (long Id, long Version, string Now)? Reserve(StreamPlan plan, int count, DateTimeOffset? createdAt, bool isLink)
    {
        Set(_raise, plan.Stream.Value, count, plan.Expected.Version, isLink);
        if (Row(_raise) is { } raised)
            return raised;

        if (!plan.Expected.CreatesStream)
            return null;

        Set(_create, plan.Stream.Value, count, createdAt is { } time ? SqliteTime.Text(time.UtcDateTime) : null, isLink);
        return Row(_create);
    }

    private long Insert(long streamId, long version, string createdAt, PlannedEvent @event)
    {
        Set(
            _insert, streamId, version, createdAt, @event.Id, @event.Type, @event.SchemaVersion, @event.ContentType,
            @event.IsJson ? @event.Data : null, @event.IsJson ? null : @event.Data, @event.Metadata, @event.CorrelationId, @event.CausationId);
        _insert.ExecuteNonQuery();
        return raw.sqlite3_last_insert_rowid(connection.Handle);
    }

    private static (long Id, long Version, string Now)? Row(SqliteCommand command)
    {
        using var reader = command.ExecuteReader();
        return reader.Read() ? (reader.GetInt64(0), reader.GetInt64(1), reader.GetString(2)) : null;
    }

    private static void Set(SqliteCommand command, params ReadOnlySpan<object?> values)
    {
        for (var index = 0; index < values.Length; index++)
            command.Parameters[index].Value = values[index] ?? DBNull.Value;
    }

    private static SqliteCommand Command(SqliteConnection connection, SqliteTransaction? transaction, string sql, params ReadOnlySpan<string> parameters)
    {
        var command = connection.CreateCommand();
        command.CommandText = sql;
        command.Transaction = transaction;
        foreach (var name in parameters)
            command.Parameters.Add(new SqliteParameter { ParameterName = name });

        return command;
    }
}
