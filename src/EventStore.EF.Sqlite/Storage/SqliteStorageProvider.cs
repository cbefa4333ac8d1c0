using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Microsoft.EntityFrameworkCore.Storage;

namespace EventStore.EF.Sqlite;

/// <summary>Makes a store's parts for SQLite.</summary>
internal sealed class SqliteStorageProvider : IStorageProvider
{
    private const string Migrations = "EventStore.EF.Migrations.Sqlite";

    private readonly string _connectionString;
    private readonly SqliteDatabase _database;

    public SqliteStorageProvider(string connectionString)
    {
        _connectionString = connectionString;
        _database = new(SqliteConnectionRules.Parse(connectionString));
    }

    public string Name => "EventStore.EF.Sqlite";

    public void Configure(DbContextOptionsBuilder builder, string schema)
    {
        builder.UseSqlite(_connectionString, sqlite => sqlite
            .MigrationsAssembly(Migrations)
            .MigrationsHistoryTable(SqliteNames.MigrationsHistory(schema)));
        builder.ReplaceService<ISqlGenerationHelper, SqliteSchemaSqlGenerationHelper>();
        builder.ReplaceService<IMigrationsSqlGenerator, SqliteSchemaMigrationsSqlGenerator>();
        builder.AddInterceptors(new SqliteConnectionSettings(_database));
        // SQLite would ignore the model's schema, and EF Core warns of it; here it becomes the beginning of the tables' names.
        builder.ConfigureWarnings(warnings => warnings.Ignore(SqliteEventId.SchemaConfiguredWarning));
        ((IDbContextOptionsBuilderInfrastructure)builder).AddOrUpdateExtension(new EventStoreOptionsExtension(schema, SqliteModel.Configure));
    }

    public IStorage CreateStorage(IDbContextFactory<EventStoreDbContext> contexts, EventCatalog catalog, EventStoreOptions options, TimeProvider time)
        => new SqliteStorage(_database, new SchemaName(options.Schema), catalog);
}
