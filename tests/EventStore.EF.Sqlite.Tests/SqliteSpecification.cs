using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;

namespace EventStore.EF.Sqlite.Tests;

/// <summary>The base of the tests of what only SQLite has.</summary>
public abstract class SqliteSpecification(SqliteFixture fixture) : StoreSpecification(fixture), IClassFixture<SqliteFixture>
{
    /// <summary>A store that may remove events.</summary>
    protected TestStore CreateRemovingStore() => Fixture.CreateStore(Database, builder => builder.Configure(options => options.AllowHardDelete = true));

    /// <summary>A connection of somebody's to the store's file, open.</summary>
    /// <param name="more">More of a connection string.</param>
    protected async Task<SqliteConnection> ConnectAsync(string more = "")
    {
        var connection = new SqliteConnection($"{Database.ConnectionString};{more}");
        await connection.OpenAsync(Ct);
        return connection;
    }

    /// <summary>Runs a statement; returns its first value, if it has one.</summary>
    protected static object? Run(SqliteConnection connection, string sql, SqliteTransaction? transaction = null)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.Transaction = transaction;
        return command.ExecuteScalar();
    }

    /// <summary>A new stream with events.</summary>
    protected async Task<StreamName> StreamAsync(int events)
    {
        var stream = NewStream();
        await Events.AppendManyAsync(stream, ExpectedVersion.NoStream, Numbered(events), Ct);
        return stream;
    }
}
