using EventStore.EF.Sqlite.Connections;
using EventStore.EF.Sqlite.Schema;
using EventStore.EF.Storage;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace EventStore.EF.Sqlite.Append;

/// <summary>The statements that write, prepared on one connection.</summary>
/// <param name="connection">The connection, which holds the write lock during writes.</param>
/// <param name="statements">The store's statements.</param>
internal sealed class WriteCommands(SqliteConnection connection, WriteStatements statements) : IDisposable
{
    private readonly SqliteStatement _look = new(connection, statements.Look, "@stream");
    private readonly SqliteStatement _raise = new(connection, statements.Raise, "@stream", "@count", "@expected", "@links");
    private readonly SqliteStatement _create = new(connection, statements.Create, "@stream", "@count", "@created_at", "@links");
    private readonly SqliteStatement _insert = new(
        connection, statements.Insert,
        "@stream_id", "@version", "@created_at", "@event_id", "@type", "@schema_version", "@content_type", "@data", "@data_binary",
        "@metadata", "@correlation_id", "@causation_id");
    private readonly SqliteStatement _link = new(connection, statements.Link, "@stream_id", "@number", "@event_id");
    private readonly SqliteStatement _stands = new(connection, statements.Stands, "@event_id", "@stream_id", "@number");
    private (Guid? Id, long StreamId, long Number)? _inserting;

    /// <summary>
    /// Carries out all plans inside the open transaction. After an exception, some may be written and must be rolled back.
    /// </summary>
    public WriteOutcome Write(IReadOnlyList<StreamPlan> plans)
    {
        _inserting = null;

        // Checks all plans before writing the first: the reason for most refusals is found while there is nothing to roll back.
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
    /// Whether the exception was caused by an event whose id, or whose number in its stream, already exists. Ask after the rollback. Either
    /// the unique index or the guard trigger may have refused it, so only a look tells whether that was the reason.
    /// </summary>
    public bool IsTaken(Exception exception)
    {
        if (exception is not SqliteException { SqliteErrorCode: raw.SQLITE_CONSTRAINT } || _inserting is not var (id, streamId, number))
            return false;

        return _stands.Bind(0, id).Bind(1, streamId).Bind(2, number).Run(static _ => true) is not null;
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
            _inserting = (@event.Id, streamId, ++number);
            position = Insert(streamId, number, createdAt, @event);
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
            _inserting = (null, streamId, ++number);
            if (_link.Bind(0, streamId).Bind(1, number).Bind(2, id).Run(static row => raw.sqlite3_column_int64(row, 0)) is not { } linked)
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
        var found = _look.Bind(0, plan.Stream.Value)
            .Run(static row => (Version: raw.sqlite3_column_int64(row, 0), IsDeleted: raw.sqlite3_column_int(row, 1) != 0));
        version = found?.Version ?? 0;
        return found is { } stream ? !stream.IsDeleted && plan.Expected.Accepts(version) : plan.Expected.CreatesStream;
    }

    /// <summary>Reserves versions in the stream. Returns its id, its version after the write, and the time.</summary>
    private (long Id, long Version, string Now)? Reserve(StreamPlan plan, int count, DateTimeOffset? createdAt, bool isLink)
    {
        var links = isLink ? 1 : 0;
        if (_raise.Bind(0, plan.Stream.Value).Bind(1, count).Bind(2, plan.Expected.Version).Bind(3, links).Run(Reserved) is { } raised)
            return raised;

        if (!plan.Expected.CreatesStream)
            return null;

        return _create
            .Bind(0, plan.Stream.Value).Bind(1, count)
            .Bind(2, createdAt is { } time ? SqliteTime.Text(time.UtcDateTime) : null).Bind(3, links)
            .Run(Reserved);
    }

    private long Insert(long streamId, long version, string createdAt, PlannedEvent @event)
    {
        _insert
            .Bind(0, streamId).Bind(1, version).Bind(2, createdAt).Bind(3, @event.Id).Bind(4, @event.Type).Bind(5, @event.SchemaVersion)
            .Bind(6, @event.ContentType).Bind(7, @event.IsJson ? @event.Data : null).Bind(8, @event.IsJson ? null : @event.Data)
            .Bind(9, @event.Metadata).Bind(10, @event.CorrelationId).Bind(11, @event.CausationId)
            .Run(static _ => true);
        return raw.sqlite3_last_insert_rowid(connection.Handle);
    }

    private static (long Id, long Version, string Now) Reserved(sqlite3_stmt row)
        => (raw.sqlite3_column_int64(row, 0), raw.sqlite3_column_int64(row, 1), raw.sqlite3_column_text(row, 2).utf8_to_string());
}
