using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace EventStore.EF.Sqlite.Tests;

/// <summary>SQLite for the suites.</summary>
public sealed class SqliteFixture(SqliteFolder folder) : StoreFixture
{
    /// <inheritdoc/>
    public override string? Unavailable => null;

    /// <summary>A file in a folder that is not there.</summary>
    public override string UnreachableConnectionString => $"Data Source={folder.NewPath()}/missing/store.db";

    /// <summary>SQLITE_BUSY.</summary>
    public override Exception Away => new SqliteException("The database is locked.", 5);

    /// <inheritdoc/>
    public override void Use(EventStoreDatabaseBuilder builder, string connectionString) => builder.UseSqlite(connectionString);

    /// <inheritdoc/>
    public override void Use(DbContextOptionsBuilder builder, string connectionString) => builder.UseSqlite(connectionString);

    /// <inheritdoc/>
    public override Task<TestDatabase> CreateDatabaseAsync(bool migrated = true)
        => Task.FromResult<TestDatabase>(new SqliteTestDatabase(folder.CreateDatabase(migrated)));
}
