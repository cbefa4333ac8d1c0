using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace EventStore.EF.PostgreSQL.Tests;

/// <summary>PostgreSQL for the suites.</summary>
public class PostgreSqlFixture(PostgreSqlCluster cluster) : StoreFixture
{
    /// <inheritdoc/>
    public override string? Unavailable => cluster.Unavailable;

    /// <inheritdoc/>
    public override bool IsPooled => cluster.Unavailable is null && cluster.Server.IsPooled;

    /// <summary>Port 1 of this machine, where nothing listens.</summary>
    public override string UnreachableConnectionString => "Host=127.0.0.1;Port=1;Database=eventstore;Username=postgres;Timeout=5";

    /// <summary>To the server's own database.</summary>
    public string ServerConnectionString => cluster.Server.ConnectionString;

    /// <summary>As of a connection that broke.</summary>
    public override Exception Away => new NpgsqlException("The connection is broken.", new IOException());

    /// <inheritdoc/>
    public override void Use(EventStoreDatabaseBuilder builder, string connectionString)
        => builder.UsePostgreSql(connectionString, options => options.Notifications = options.PreparedStatements = !IsPooled);

    /// <inheritdoc/>
    public override void Use(DbContextOptionsBuilder builder, string connectionString) => builder.UseNpgsql(connectionString);

    /// <inheritdoc/>
    public override async Task<TestDatabase> CreateDatabaseAsync(bool migrated = true)
        => new PostgreSqlTestDatabase(cluster.Server, await cluster.CreateDatabaseAsync(migrated));
}
