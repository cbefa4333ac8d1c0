using Npgsql;

namespace EventStore.EF.Benchmarks;

/// <summary>The floor of appends: raw Npgsql, a connection of its own for each caller, or all callers on one small pool.</summary>
internal sealed class PostgreSqlFloor : IAsyncDisposable
{
    private readonly NpgsqlDataSource _dataSource;
    private readonly FloorStatements _statements;
    private readonly List<NpgsqlConnection> _connections = [];
    private readonly List<FloorAppend> _appends = [];

    private PostgreSqlFloor(NpgsqlDataSource dataSource, FloorStatements statements)
    {
        _dataSource = dataSource;
        _statements = statements;
    }

    /// <param name="connectionString">Its pool is the most connections there are.</param>
    /// <param name="schema">Whose tables are written to.</param>
    /// <param name="callers">How many append at once.</param>
    /// <param name="events">How many events an append has.</param>
    public static async Task<PostgreSqlFloor> OpenAsync(string connectionString, string schema, int callers, int events)
    {
        var floor = OpenPooled(connectionString, schema);
        if (callers <= new NpgsqlConnectionStringBuilder(connectionString).MaxPoolSize)
        {
            for (var caller = 0; caller < callers; caller++)
            {
                floor._connections.Add(await floor._dataSource.OpenConnectionAsync());
                floor._appends.Add(await FloorAppend.PrepareAsync(floor._statements, floor._connections[^1], events));
            }
        }

        return floor;
    }

    /// <summary>One whose appends each take a connection of the pool while they are under way.</summary>
    public static PostgreSqlFloor OpenPooled(string connectionString, string schema)
    {
        // By itself the server would plan statements with arrays anew each time, which costs more than running them.
        var settings = new NpgsqlConnectionStringBuilder(connectionString);
        settings.Options += " -c plan_cache_mode=force_generic_plan";
        return new(NpgsqlDataSource.Create(settings.ConnectionString), new(schema));
    }

    public Task AppendAsync(int caller, string stream) => _appends.Count > 0 ? _appends[caller].RunAsync(stream) : AppendFromPoolAsync(stream);

    public async ValueTask DisposeAsync()
    {
        foreach (var append in _appends)
            await append.DisposeAsync();

        foreach (var connection in _connections)
            await connection.DisposeAsync();

        await _dataSource.DisposeAsync();
    }

    private async Task AppendFromPoolAsync(string stream)
    {
        await using var connection = await _dataSource.OpenConnectionAsync();
        await using var append = await FloorAppend.PrepareAsync(_statements, connection, events: 1);
        await append.RunAsync(stream);
    }
}
