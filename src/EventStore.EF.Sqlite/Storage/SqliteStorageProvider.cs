using System.Data.Common;
using EventStore.EF.Schema;
using EventStore.EF.Sqlite.Connections;
using EventStore.EF.Sqlite.Schema;
using EventStore.EF.Sqlite.StartChecks;
using EventStore.EF.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Microsoft.EntityFrameworkCore.Storage;

namespace EventStore.EF.Sqlite.Storage;

/// <summary>Creates the store's services for SQLite.</summary>
internal sealed class SqliteStorageProvider : IStorageProvider
{
    private const string Migrations = "EventStore.EF.Migrations.Sqlite";

    private readonly string? _connectionString;
    private readonly SqliteDatabase _database;

    /// <param name="connectionString">Null only where EF Core's tools supply one; then only they open a file.</param>
    public SqliteStorageProvider(string? connectionString)
    {
        _connectionString = connectionString;
        _database = new(connectionString is null ? new() { DataSource = ":none:" } : SqliteConnectionRules.Parse(connectionString));
    }

    public string Name => "EventStore.EF.Sqlite";

    public string WhatToCheck
        => $"the path in the connection string ({_database.Path}), that its folder exists, the access rights of both, and that no other " +
           "process keeps the file locked";

    public void Configure(DbContextOptionsBuilder builder, string schema, DbConnection? connection = null)
    {
        if (connection is null)
            builder.UseSqlite(_connectionString!).AddInterceptors(new SqliteConnectionSettings(_database));
        else
            builder.UseSqlite(connection);

        new SqliteDbContextOptionsBuilder(builder)
            .MigrationsAssembly(Migrations)
            .MigrationsHistoryTable(SqliteNames.MigrationsHistory(schema));
        builder.ReplaceService<ISqlGenerationHelper, SqliteSchemaSqlGenerationHelper>();
        builder.ReplaceService<IMigrationsSqlGenerator, SqliteSchemaMigrationsSqlGenerator>();
        // EF Core warns that SQLite ignores the model's schema, but here it becomes the beginning of the table names. Inside a
        // TransactionScope EF Core would throw, but the store takes no part in one, so reading there is correct.
        builder.ConfigureWarnings(warnings => warnings.Ignore(
            SqliteEventId.SchemaConfiguredWarning, RelationalEventId.AmbientTransactionWarning));
        ((IDbContextOptionsBuilderInfrastructure)builder)
            .AddOrUpdateExtension(new EventStoreOptionsExtension(schema, SqliteModel.Configure));
    }

    public void CheckSchema(string schema) => SchemaNameCheck.Check(schema);

    public Task CheckAsync(EventStoreDbContext context, string? writer, CancellationToken ct)
        => FileChecks.RunAsync(context, ct);

    public Task<bool> ExistsAsync(EventStoreDbContext context, CancellationToken ct)
        => context.GetService<IRelationalDatabaseCreator>().ExistsAsync(ct);

    public IStorage CreateStorage(
        IDbContextFactory<EventStoreDbContext> contexts, BackgroundConnections background, EventCatalog catalog, EventStoreOptions options,
        TimeProvider time)
        => new SqliteStorage(_database, new SchemaName(options.Schema), catalog, options.MaxPageBytes);
}
