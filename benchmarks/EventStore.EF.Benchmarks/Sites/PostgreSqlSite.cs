using EventStore.EF.TestDatabases;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace EventStore.EF.Benchmarks;

/// <summary>
/// A database with two schemas made by the same migrations: one for the store and one for the floor, so that the floor writes to the
/// same columns, constraints and indexes whatever becomes of the model.
/// </summary>
internal sealed class PostgreSqlSite : IAsyncDisposable
{
    public const string StoreSchema = "eventstore";
    public const string FloorSchema = "floor";

    private readonly PostgreSqlServer _server;
    private readonly string _connectionString;

    private PostgreSqlSite(PostgreSqlServer server, string connectionString, ServerProcesses? processes)
    {
        _server = server;
        _connectionString = connectionString;
        Processes = processes;
    }

    /// <summary>The server's processes, if it runs on this machine.</summary>
    public ServerProcesses? Processes { get; }

    public static async Task<PostgreSqlSite> CreateAsync(PostgreSqlServer server)
    {
        var connectionString = await server.CreateDatabaseAsync();
        await StoreHost.MigrateAsync(store => store.UsePostgreSql(connectionString));
        await StoreHost.MigrateAsync(store => store.UsePostgreSql(connectionString).UseSchema(FloorSchema));
        await using var dataSource = NpgsqlDataSource.Create(connectionString);
        await using var connection = await dataSource.OpenConnectionAsync();
        var site = new PostgreSqlSite(server, connectionString, ServerProcesses.Behind(connection));

        // The guards are the store's own; who writes to plain tables has none.
        await site.ExecuteAsync($"ALTER TABLE {FloorSchema}.streams DISABLE TRIGGER USER; ALTER TABLE {FloorSchema}.events DISABLE TRIGGER USER");
        return site;
    }

    /// <param name="poolSize">The most connections.</param>
    /// <param name="serverOptions">Settings of these connections, as the server's command line takes them.</param>
    public string Connect(int poolSize, string? serverOptions = null)
        => new NpgsqlConnectionStringBuilder(_connectionString) { MaxPoolSize = poolSize, Options = serverOptions }.ConnectionString;

    public async Task ExecuteAsync(string sql, params object[] parameters)
    {
        await using var connection = new NpgsqlConnection(_connectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        foreach (var parameter in parameters)
            command.Parameters.Add(new() { Value = parameter });

        await command.ExecuteNonQueryAsync();
    }

    public async Task<T> AskAsync<T>(string sql)
    {
        await using var connection = new NpgsqlConnection(_connectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        return (T)(await command.ExecuteScalarAsync())!;
    }

    public async ValueTask DisposeAsync() => await _server.DropDatabaseAsync(_connectionString);
}
