using Npgsql;
using NpgsqlTypes;

namespace EventStore.EF.Benchmarks;

/// <summary>The floor of reads: raw Npgsql, prepared, on a connection of its own, with all columns that an event has in the store.</summary>
internal sealed class FloorReader : IAsyncDisposable
{
    private const string Columns =
        "e.position, s.name, e.version, e.event_id, e.type, e.schema_version, e.data, e.data_binary, e.metadata, e.correlation_id, e.causation_id, e.created_at";

    /// <summary>$1 stream text · $2 most events int.</summary>
    private const string OfStream = $"""
        SELECT {Columns}
        FROM {PostgreSqlSite.StoreSchema}.streams s
        JOIN {PostgreSqlSite.StoreSchema}.events e ON e.stream_id = s.id
        WHERE s.tenant = '' AND s.name = $1 AND s.deleted_at IS NULL
        ORDER BY e.version
        LIMIT $2
        """;

    /// <summary>
    /// $1 position bigint that the page begins after · $2 most events int. The page first, then its streams' names, all at once: a
    /// look for each event's stream made the server work half as much again.
    /// </summary>
    private const string OfAll = $"""
        SELECT {Columns}
        FROM (SELECT * FROM {PostgreSqlSite.StoreSchema}.events WHERE position > $1 ORDER BY position LIMIT $2) e
        JOIN {PostgreSqlSite.StoreSchema}.streams s ON s.id = e.stream_id
        ORDER BY e.position
        """;

    private readonly NpgsqlConnection _connection;
    private readonly NpgsqlCommand _stream;
    private readonly NpgsqlParameter<string> _name = new() { NpgsqlDbType = NpgsqlDbType.Text };
    private readonly NpgsqlCommand _all;
    private readonly NpgsqlParameter<long> _after = new() { NpgsqlDbType = NpgsqlDbType.Bigint };
    private readonly NpgsqlParameter<int> _count = new() { NpgsqlDbType = NpgsqlDbType.Integer };

    private FloorReader(NpgsqlConnection connection)
    {
        _connection = connection;
        _stream = new(OfStream, connection) { Parameters = { _name, new NpgsqlParameter<int> { NpgsqlDbType = NpgsqlDbType.Integer, TypedValue = int.MaxValue } } };
        _all = new(OfAll, connection) { Parameters = { _after, _count } };
    }

    public static async Task<FloorReader> OpenAsync(NpgsqlDataSource dataSource)
    {
        var reader = new FloorReader(await dataSource.OpenConnectionAsync());
        await reader._stream.PrepareAsync();
        await reader._all.PrepareAsync();
        return reader;
    }

    /// <summary>A stream, its payloads read.</summary>
    public async Task<List<FloorOrder>> ReadStreamAsync(string stream)
    {
        _name.TypedValue = stream;
        var orders = new List<FloorOrder>();
        await using var reader = await _stream.ExecuteReaderAsync();
        while (await reader.ReadAsync())
            orders.Add(OrderJson.Read(FloorEvent.Of(reader).Data));

        return orders;
    }

    /// <summary>A page of all events, payloads as they stand.</summary>
    public async Task<List<FloorEvent>> ReadPageAsync(long after, int count)
    {
        _after.TypedValue = after;
        _count.TypedValue = count;
        var events = new List<FloorEvent>(count);
        await using var reader = await _all.ExecuteReaderAsync();
        while (await reader.ReadAsync())
            events.Add(FloorEvent.Of(reader));

        return events;
    }

    public async ValueTask DisposeAsync()
    {
        await _stream.DisposeAsync();
        await _all.DisposeAsync();
        await _connection.DisposeAsync();
    }
}
