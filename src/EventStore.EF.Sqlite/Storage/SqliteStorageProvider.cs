using System.Data.Common;
using EventStore.EF.Schema;
using EventStore.EF.Sqlite.Append;
using EventStore.EF.Sqlite.Connections;
using EventStore.EF.Sqlite.Schema;
using EventStore.EF.Sqlite.StartChecks;
using EventStore.EF.Storage;
using EventStore.EF.Telemetry;
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

    private readonly SqliteDatabase _database;

    /// <param name="connectionString">Null only where EF Core's tools supply one; then only they open a file.</param>
    /// <param name="options">The provider's options.</param>
    public SqliteStorageProvider(string? connectionString, SqliteOptions options)
        => _database = new(
            connectionString is null ? new() { DataSource = ":none:" } : SqliteConnectionRules.Parse(connectionString),
            options.MaxLogBytes);

    public string Name => "EventStore.EF.Sqlite";

    public string Product => "SQLite";

    public string WhatToCheck
        => $"the path in the connection string ({_database.Path}), that its folder exists, the access rights of both, and that no other " +
           "process keeps the file locked";

    public string MigrationsWaitFor
        => $"the write lock of '{_database.Path}': another process migrates it, or keeps a transaction open that has written";

    public void Configure(DbContextOptionsBuilder builder, string schema, DbConnection? connection = null)
    {
        if (connection is null)
            builder.UseSqlite(_database.ContextConnectionString).AddInterceptors(new SqliteConnectionSettings(_database));
        else
            builder.UseSqlite(connection);

        new SqliteDbContextOptionsBuilder(builder)
            .MigrationsAssembly(Migrations)
            .MigrationsHistoryTable(SqliteNames.MigrationsHistory(schema));
        builder.ReplaceService<ISqlGenerationHelper, SqliteSchemaSqlGenerationHelper>();
        builder.ReplaceService<IHistoryRepository, SqliteMigrationsHistory>();
        builder.ReplaceService<IMigrationsSqlGenerator, SqliteSchemaMigrationsSqlGenerator>();
        // EF Core warns that SQLite ignores the model's schema, but here it becomes the beginning of the table names. Inside a
        // TransactionScope EF Core would throw, but the store takes no part in one, so reading there is correct.
        builder.ConfigureWarnings(warnings => warnings.Ignore(
            SqliteEventId.SchemaConfiguredWarning, RelationalEventId.AmbientTransactionWarning));
        ((IDbContextOptionsBuilderInfrastructure)builder)
            .AddOrUpdateExtension(new EventStoreOptionsExtension(schema, SqliteModel.Configure));
    }

    public void ConfigureNeighbour(DbContextOptionsBuilder builder) => builder.AddInterceptors(WriteTurnInterceptor.Instance);

    public void CheckSchema(string schema) => SchemaNameCheck.Check(schema);

    public Task CheckAsync(EventStoreDbContext context, string? writer, CancellationToken ct)
        => FileChecks.RunAsync(context, ct);

    /// <exception cref="DatabaseFileException">The file doesn't exist, and nobody may create it.</exception>
    public Task<bool> ExistsAsync(EventStoreDbContext context, CancellationToken ct)
        => _database.CreatesFile || File.Exists(_database.Path)
            ? context.GetService<IRelationalDatabaseCreator>().ExistsAsync(ct)
            : throw new DatabaseFileException(
                $"The database file '{_database.Path}' doesn't exist, and Mode=ReadWrite in the connection string lets nobody create it. " +
                "Remove Mode, or create the file.");

    public IStorage CreateStorage(
        IDbContextFactory<EventStoreDbContext> contexts, BackgroundConnections background, EventCatalog catalog, EventStoreOptions options,
        OperationMeter meter, TimeProvider time)
        => new SqliteStorage(_database, new SchemaName(options.Schema), catalog, options.MaxPageBytes, meter);
}
