using System.Data;
using Npgsql;
using NpgsqlTypes;

namespace EventStore.EF.PostgreSQL;

/// <summary>The append to one stream, on one connection, for one caller at a time.</summary>
internal sealed class AppendCommand : IAsyncDisposable
{
    private readonly NpgsqlCommand _command;
    private readonly NpgsqlParameter<string> _stream = Parameters.Text();
    private readonly NpgsqlParameter<long> _expected = Parameters.Bigint();
    private readonly NpgsqlParameter _createdAt = Parameters.Optional(NpgsqlDbType.TimestampTz);
    private readonly EventColumns _events = new();

    public AppendCommand(NpgsqlConnection connection, AppendStatements statements)
    {
        _command = new(statements.Append, connection);
        AddTo(_command.Parameters);
    }

    /// <summary>The same as a part of a batch.</summary>
    public static NpgsqlBatchCommand InBatch(AppendStatements statements, AppendPlan plan)
    {
        var command = new NpgsqlBatchCommand(statements.Append);
        command.Parameters.Add(Parameters.Text(plan.Stream.Value));
        command.Parameters.Add(Parameters.Bigint(plan.Expected.Sql()));
        command.Parameters.Add(Parameters.Optional(NpgsqlDbType.TimestampTz, plan.CreatedAt?.UtcDateTime));
        var events = new EventColumns();
        events.Set(plan.Events);
        events.AddTo(command.Parameters);
        return command;
    }

    public Task PrepareAsync(CancellationToken ct) => _command.PrepareAsync(ct);

    /// <summary><see langword="null"/> when it was refused; nothing was written then.</summary>
    public async Task<AppendResult?> RunAsync(AppendPlan plan, CancellationToken ct)
    {
        _stream.TypedValue = plan.Stream.Value;
        _expected.TypedValue = plan.Expected.Sql();
        _createdAt.Value = plan.CreatedAt is { } createdAt ? createdAt.UtcDateTime : DBNull.Value;
        _events.Set(plan.Events);
        await using var reader = await _command.ExecuteReaderAsync(CommandBehavior.SingleRow, ct).ConfigureAwait(false);
        return await reader.ReadAsync(ct).ConfigureAwait(false) ? Result(reader) : null;
    }

    public static AppendResult Result(NpgsqlDataReader reader) => new(reader.GetInt64(0), reader.GetInt64(1), reader.GetInt64(2));

    public ValueTask DisposeAsync() => _command.DisposeAsync();

    private void AddTo(NpgsqlParameterCollection parameters)
    {
        parameters.Add(_stream);
        parameters.Add(_expected);
        parameters.Add(_createdAt);
        _events.AddTo(parameters);
    }
}
