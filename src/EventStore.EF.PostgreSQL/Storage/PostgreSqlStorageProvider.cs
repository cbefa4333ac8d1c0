using System.Data.Common;
using EventStore.EF.PostgreSQL.Connections;
using EventStore.EF.PostgreSQL.Schema;
using EventStore.EF.PostgreSQL.StartChecks;
using EventStore.EF.Schema;
using EventStore.EF.Storage;
using EventStore.EF.Telemetry;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Microsoft.EntityFrameworkCore.Storage;
using Npgsql;
using Npgsql.EntityFrameworkCore.PostgreSQL.Infrastructure;
using Npgsql.EntityFrameworkCore.PostgreSQL.Storage.Internal;

namespace EventStore.EF.PostgreSQL.Storage;

/// <summary>Creates the store's services for PostgreSQL.</summary>
internal sealed class PostgreSqlStorageProvider(
    Action<DbContextOptionsBuilder> useDatabase, Action<DbContextOptionsBuilder>? useBackground, PoolNeed pool,
    PostgreSqlOptions postgreSql)
    : IStorageProvider
{
    public const string MigrationsHistoryTable = "__EFMigrationsHistory";

    public string Name => "EventStore.EF.PostgreSQL";

    public string Product => "PostgreSQL";

    public string WhatToCheck => "that the server is running, and host, port, user, password and database name in the connection string";

    public int KeptConnections => PoolNeed.Kept;

    public string MigrationsWaitFor => "another process that migrates it, or for an open transaction that has locked one of its tables";

    public void Configure(DbContextOptionsBuilder builder, string schema, DbConnection? connection = null)
    {
        if (connection is null)
            useDatabase(builder);
        else
            builder.UseNpgsql(connection);

        ConfigureSchema(builder, schema);
    }

    public bool ConfigureBackground(DbContextOptionsBuilder builder, string schema)
    {
        if (useBackground is null)
            return false;

        useBackground(builder);
        ConfigureSchema(builder, schema);
        return true;
    }

    public async Task<bool> ExistsAsync(EventStoreDbContext context, CancellationToken ct)
    {
        try
        {
            // Npgsql's own ExistsAsync mistakes a reset connection, as from a server that is shutting down, for a missing database.
            await context.Database.OpenConnectionAsync(ct).ConfigureAwait(false);
            return true;
        }
        catch (PostgresException exception) when (exception.SqlState is PostgresErrorCodes.InvalidCatalogName)
        {
            return false;
        }
    }

    public Task CheckAsync(EventStoreDbContext context, string? writer, CancellationToken ct)
        => ServerChecks.RunAsync(context, writer, ct);

    public async Task CheckRightsAsync(EventStoreDbContext context, string schema, string? subscription, CancellationToken ct)
    {
        await context.Database.OpenConnectionAsync(ct).ConfigureAwait(false);
        try
        {
            var connection = (NpgsqlConnection)context.Database.GetDbConnection();
            await RightsCheck.RunAsync(connection, schema, subscription, ct).ConfigureAwait(false);
        }
        finally
        {
            await context.Database.CloseConnectionAsync().ConfigureAwait(false);
        }
    }

    public IStorage CreateStorage(
        IDbContextFactory<EventStoreDbContext> contexts, BackgroundConnections background, EventCatalog catalog, EventStoreOptions options,
        OperationMeter meter, TimeProvider time)
        => new PostgreSqlStorage(
            contexts, background, catalog, new(options.Schema), postgreSql, pool, options.MaxPageBytes, meter, time);

    private static void ConfigureSchema(DbContextOptionsBuilder builder, string schema)
    {
        new NpgsqlDbContextOptionsBuilder(builder)
            .MigrationsAssembly("EventStore.EF.Migrations.PostgreSQL")
            .MigrationsHistoryTable(MigrationsHistoryTable, schema);
        builder
            .ReplaceService<ISqlGenerationHelper, SchemaSqlGenerationHelper>()
            .ReplaceService<IMigrationsSqlGenerator, SchemaMigrationsSqlGenerator>();
#pragma warning disable EF1001 // EF Core resolves Npgsql's connection by this interface.
        builder.ReplaceService<INpgsqlRelationalConnection, OwnRelationalConnection>();
#pragma warning restore EF1001
        ((IDbContextOptionsBuilderInfrastructure)builder)
            .AddOrUpdateExtension(new EventStoreOptionsExtension(schema, PostgreSqlModel.Configure));
    }
}
