using EventStore.EF.TestDatabases;

namespace EventStore.EF.Packages.Tests;

/// <summary>An empty database of a PostgreSQL server, for as long as a test runs.</summary>
internal sealed class PostgreSqlDatabase : IAsyncDisposable
{
    private readonly PostgreSqlServer _server;

    private PostgreSqlDatabase(PostgreSqlServer server, string connectionString)
    {
        _server = server;
        ConnectionString = connectionString;
    }

    public string ConnectionString { get; }

    /// <summary>Makes one; skips the running test where no server is to be had, and fails it in continuous integration.</summary>
    public static async Task<PostgreSqlDatabase> CreateAsync(CancellationToken ct)
    {
        try
        {
            var server = await PostgreSqlServer.FindAsync(ct);
            return new(server, await server.CreateDatabaseAsync(ct: ct));
        }
        catch (PostgreSqlUnavailableException exception) when (Environment.GetEnvironmentVariable("CI") != "true")
        {
            Assert.Skip(exception.Message);
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DropDatabaseAsync(ConnectionString);
        await _server.DisposeAsync();
    }
}
