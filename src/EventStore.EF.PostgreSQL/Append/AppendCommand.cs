using System.Data;
using EventStore.EF.PostgreSQL.Connections;
using EventStore.EF.Storage;
using Npgsql;

namespace EventStore.EF.PostgreSQL.Append;

/// <summary>Appends to one stream, on one connection, for one caller at a time.</summary>
internal sealed class AppendCommand : IAsyncDisposable
{
    private readonly NpgsqlCommand _command;
    private readonly NpgsqlParameter<string> _stream = Parameters.Text();
    private readonly NpgsqlParameter<long> _expected = Parameters.Bigint();
    private readonly NpgsqlParameter _createdAt = Parameters.Time(null);
    private readonly NpgsqlParameter<string> _lockTimeout = Parameters.Text();
    private readonly IEventParameters _events;

    private AppendCommand(NpgsqlConnection connection, string sql, IEventParameters events)
    {
        _command = new(sql, connection);
        _events = events;
        _command.Parameters.Add(_stream);
        _command.Parameters.Add(_expected);
        _command.Parameters.Add(_createdAt);
        _events.AddTo(_command.Parameters);
        _command.Parameters.Add(_lockTimeout);
    }

    /// <summary>For plans of one event.</summary>
    public static AppendCommand OfOne(NpgsqlConnection connection, AppendStatements statements)
        => new(connection, statements.AppendWithin, new EventValues());

    /// <summary>For plans of any number of events.</summary>
    public static AppendCommand OfMany(NpgsqlConnection connection, AppendStatements statements)
        => new(connection, statements.AppendManyWithin, new EventColumns());

    /// <summary>For plans like this one.</summary>
    public static AppendCommand For(AppendPlan plan, NpgsqlConnection connection, AppendStatements statements)
        => plan.Events.Count == 1 ? OfOne(connection, statements) : OfMany(connection, statements);

    /// <summary>The same append as a command of a batch, which waits for locks as long as its transaction allows.</summary>
    public static NpgsqlBatchCommand InBatch(AppendStatements statements, AppendPlan plan)
    {
        var (sql, events) = plan.Events.Count == 1
            ? (statements.Append, (IEventParameters)new EventValues())
            : (statements.AppendMany, new EventColumns());
        var command = new NpgsqlBatchCommand(sql);
        command.Parameters.Add(Parameters.Text(plan.Stream.Value));
        command.Parameters.Add(Parameters.Bigint(plan.Expected.Sql()));
        command.Parameters.Add(Parameters.Time(plan.CreatedAt));
        events.Set(plan.Events);
        events.AddTo(command.Parameters);
        return command;
    }

    public Task PrepareAsync(CancellationToken ct) => _command.PrepareAsync(ct);

    /// <summary>Appends; <see langword="null"/> if the append was refused and nothing was written.</summary>
    /// <param name="plan">The events to append.</param>
    /// <param name="wait">The longest wait for each lock.</param>
    /// <param name="ct">Cancels the append.</param>
    /// <exception cref="PostgresException">With 55P03: another transaction held a lock for longer; nothing was written.</exception>
    public async Task<AppendResult?> RunAsync(AppendPlan plan, LockWait wait, CancellationToken ct)
    {
        _lockTimeout.TypedValue = wait.Setting;
        _command.CommandTimeout = wait.CommandTimeout(_command.Connection!.CommandTimeout);
        _stream.TypedValue = plan.Stream.Value;
        _expected.TypedValue = plan.Expected.Sql();
        _createdAt.Value = Parameters.Microseconds(plan.CreatedAt) ?? DBNull.Value;
        _events.Set(plan.Events);
        await using var reader = await _command.ExecuteReaderAsync(CommandBehavior.SingleRow, ct).ConfigureAwait(false);
        AppendResult? result = await reader.ReadAsync(ct).ConfigureAwait(false) ? Result(reader) : null;
        await reader.EndAsync(ct).ConfigureAwait(false);
        return result;
    }

    public static AppendResult Result(NpgsqlDataReader reader) => new(reader.GetInt64(0), reader.GetInt64(1), reader.GetInt64(2));

    public ValueTask DisposeAsync() => _command.DisposeAsync();
}
