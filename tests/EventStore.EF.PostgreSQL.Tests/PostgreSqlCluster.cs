using EventStore.EF.TestDatabases;
using Microsoft.Extensions.DependencyInjection;

[assembly: AssemblyFixture(typeof(EventStore.EF.PostgreSQL.Tests.PostgreSqlCluster))]

namespace EventStore.EF.PostgreSQL.Tests;

/// <summary>The server of this test process, with one database that is migrated once and then copied.</summary>
public class PostgreSqlCluster : IAsyncLifetime
{
    private PostgreSqlServer? _server;
    private string? _template;

    /// <summary>Why there is no server; <see langword="null"/> when there is one.</summary>
    public string? Unavailable { get; private set; }

    /// <summary>The server.</summary>
    public PostgreSqlServer Server => _server ?? throw new InvalidOperationException(Unavailable);

    /// <summary>Makes a database, copied from the migrated one or empty.</summary>
    public Task<string> CreateDatabaseAsync(bool migrated) => Server.CreateDatabaseAsync(migrated ? _template : null);

    /// <summary>The server that this is about.</summary>
    protected virtual Task<PostgreSqlServer> FindAsync() => PostgreSqlServer.FindAsync();

    /// <inheritdoc/>
    public virtual async ValueTask InitializeAsync()
    {
        try
        {
            _server = await FindAsync();
        }
        catch (PostgreSqlUnavailableException exception)
        {
            Unavailable = exception.Message;
            return;
        }

        _template = await _server.CreateDatabaseAsync();
        // Without a pool nobody stays connected, which copying would refuse.
        await using var store = new TestStore(builder => builder.UsePostgreSql(_template + ";Pooling=false"));
        await store.MigrateAsync();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        if (_server is null)
            return;

        if (_template is not null)
            await _server.DropDatabaseAsync(_template);

        await _server.DisposeAsync();
    }
}
