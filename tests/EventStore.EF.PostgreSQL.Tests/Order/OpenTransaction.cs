using Npgsql;

namespace EventStore.EF.PostgreSQL.Tests.Order;

/// <summary>A transaction that stays open, with the store's own append in it.</summary>
internal sealed class OpenTransaction : IAsyncDisposable
{
    private readonly NpgsqlConnection _connection;

    private OpenTransaction(NpgsqlConnection connection) => _connection = connection;

    public int Pid => _connection.ProcessID;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>Begins a transaction.</summary>
    /// <param name="connectionString">The database.</param>
    /// <param name="isolation">The isolation level.</param>
    public static async Task<OpenTransaction> BeginAsync(string connectionString, string isolation = "READ COMMITTED")
    {
        var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync(Ct);
        var transaction = new OpenTransaction(connection);
        await transaction.ExecuteAsync($"BEGIN ISOLATION LEVEL {isolation}");
        return transaction;
    }

    /// <summary>Appends one event and returns its position.</summary>
    public async Task<long> AppendAsync(StreamName stream, int number, long expected = -1, bool isRefused = false)
    {
        await using var command = new NpgsqlCommand(
            """
            SELECT last_position FROM eventstore.append(
                $1, $2, NULL, gen_random_uuid(), 'specification-numbered', 1, NULL, $3::json, NULL, NULL, NULL, NULL)
            """,
            _connection);
        command.Parameters.Add(new() { Value = stream.Value });
        command.Parameters.Add(new() { Value = expected });
        command.Parameters.Add(new() { Value = $$"""{"number":{{number}}}""" });
        var position = await command.ExecuteScalarAsync(Ct);
        Assert.Equal(isRefused, position is null);
        return position is null ? 0 : (long)position;
    }

    public async Task ExecuteAsync(string sql)
    {
        await using var command = new NpgsqlCommand(sql, _connection);
        await command.ExecuteNonQueryAsync(Ct);
    }

    public Task CommitAsync() => ExecuteAsync("COMMIT");

    public Task RollbackAsync() => ExecuteAsync("ROLLBACK");

    public async ValueTask DisposeAsync()
    {
        try
        {
            await _connection.DisposeAsync();
        }
        catch (NpgsqlException)
        {
            // It was killed by the test, alone or with its server.
        }
    }
}
