using System.Text.Json;
using Npgsql;
using NpgsqlTypes;

namespace EventStore.EF.Benchmarks;

/// <summary>The floor: raw Npgsql sending the store's own append statement, prepared, with one connection per caller.</summary>
internal sealed class RawAppender : IAsyncDisposable
{
    private readonly NpgsqlConnection _connection;
    private readonly NpgsqlCommand _command;

    private RawAppender(NpgsqlConnection connection, NpgsqlCommand command)
    {
        _connection = connection;
        _command = command;
    }

    public static async Task<RawAppender> OpenAsync(NpgsqlDataSource dataSource)
    {
        var connection = await dataSource.OpenConnectionAsync();
        var command = new NpgsqlCommand("SELECT stream_version, first_position, last_position FROM eventstore.append($1, $2, $3, $4, $5, $6, $7, $8, $9)", connection);
        Add(NpgsqlDbType.Text);
        Add(NpgsqlDbType.Bigint);
        Add(NpgsqlDbType.Array | NpgsqlDbType.Uuid);
        Add(NpgsqlDbType.Array | NpgsqlDbType.Text);
        Add(NpgsqlDbType.Array | NpgsqlDbType.Integer);
        Add(NpgsqlDbType.Array | NpgsqlDbType.Json);
        Add(NpgsqlDbType.Array | NpgsqlDbType.Json);
        Add(NpgsqlDbType.Array | NpgsqlDbType.Uuid);
        Add(NpgsqlDbType.Array | NpgsqlDbType.Uuid);
        await command.PrepareAsync();
        return new(connection, command);

        void Add(NpgsqlDbType type) => command.Parameters.Add(new() { NpgsqlDbType = type });
    }

    public async Task AppendAsync(string stream, OrderPlaced order)
    {
        object[] values =
        [
            stream, -1L, new[] { Guid.CreateVersion7() }, new[] { "order-placed" }, new[] { 1 },
            new[] { JsonSerializer.SerializeToUtf8Bytes(order, JsonSerializerOptions.Web) }, new byte[]?[] { null }, new Guid?[] { null }, new Guid?[] { null },
        ];
        for (var index = 0; index < values.Length; index++)
            _command.Parameters[index].Value = values[index];

        await using var reader = await _command.ExecuteReaderAsync();
        if (!await reader.ReadAsync())
            throw new InvalidOperationException("The floor's append was refused.");
    }

    public async ValueTask DisposeAsync()
    {
        await _command.DisposeAsync();
        await _connection.DisposeAsync();
    }
}
