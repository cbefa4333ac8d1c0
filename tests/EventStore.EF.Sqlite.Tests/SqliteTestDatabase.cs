using System.Data.Common;
using System.Globalization;
using Microsoft.Data.Sqlite;

namespace EventStore.EF.Sqlite.Tests;

/// <summary>A database file of a test.</summary>
public sealed class SqliteTestDatabase(string connectionString) : TestDatabase(connectionString)
{
    /// <inheritdoc/>
    public override string Clock => "strftime('%Y-%m-%d %H:%M:%f', 'now')";

    /// <inheritdoc/>
    public override string Later(TimeSpan time) => string.Create(CultureInfo.InvariantCulture, $"strftime('%Y-%m-%d %H:%M:%f', 'now', '{time.TotalSeconds} seconds')");

    /// <inheritdoc/>
    public override DbConnection Connect() => new SqliteConnection(ConnectionString);

    /// <inheritdoc/>
    public override string Table(string table, string schema = "eventstore") => $"{schema}_{table}";

    /// <inheritdoc/>
    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        await using var connection = new SqliteConnection(ConnectionString);
        SqliteConnection.ClearPool(connection);
    }
}
