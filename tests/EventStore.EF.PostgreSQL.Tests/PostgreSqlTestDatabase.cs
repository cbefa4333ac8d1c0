using System.Data.Common;
using EventStore.EF.TestDatabases;
using Npgsql;

namespace EventStore.EF.PostgreSQL.Tests;

/// <summary>A database of the test server.</summary>
public sealed class PostgreSqlTestDatabase(PostgreSqlServer server, string connectionString) : TestDatabase(connectionString)
{
    /// <inheritdoc/>
    public override string Clock => "clock_timestamp()";

    /// <inheritdoc/>
    public override string Later(TimeSpan time) => $"{Clock} + interval '{(long)time.TotalMilliseconds} milliseconds'";

    /// <inheritdoc/>
    public override DbConnection Connect() => new NpgsqlConnection(ConnectionString);

    /// <inheritdoc/>
    public override string Table(string table, string schema = "eventstore") => $"{schema}.{table}";

    /// <inheritdoc/>
    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        await server.DropDatabaseAsync(ConnectionString);
    }
}
