using Npgsql;
using NpgsqlTypes;

namespace EventStore.EF.Benchmarks;

/// <summary>One of the floor's statements with its parameters, prepared on one connection.</summary>
internal abstract class FloorAppend(string sql, NpgsqlConnection connection) : IAsyncDisposable
{
    private readonly NpgsqlParameter<string> _stream = new() { NpgsqlDbType = NpgsqlDbType.Text };

    protected NpgsqlCommand Command { get; } = new(sql, connection);

    /// <summary>One for appends of one event, another for appends of many.</summary>
    public static async Task<FloorAppend> PrepareAsync(FloorStatements statements, NpgsqlConnection connection, int events)
    {
        FloorAppend append = events == 1 ? new FloorAppendOfOne(statements.Append, connection) : new FloorAppendOfMany(statements.AppendMany, connection, events);
        append.Command.Parameters.Add(append._stream);
        append.Command.Parameters.Add(new NpgsqlParameter<long> { NpgsqlDbType = NpgsqlDbType.Bigint, TypedValue = -1 });
        append.AddParameters(append.Command.Parameters);
        await append.Command.PrepareAsync();
        return append;
    }

    public async Task RunAsync(string stream)
    {
        _stream.TypedValue = stream;
        SetEvents();

        // No row: another caller created the stream at the same moment.
        while (!await TryAsync())
        {
        }
    }

    public ValueTask DisposeAsync() => Command.DisposeAsync();

    protected abstract void AddParameters(NpgsqlParameterCollection parameters);

    protected abstract void SetEvents();

    private async Task<bool> TryAsync()
    {
        await using var reader = await Command.ExecuteReaderAsync();
        return await reader.ReadAsync() && !reader.IsDBNull(0) && reader.GetInt64(0) > 0;
    }
}
