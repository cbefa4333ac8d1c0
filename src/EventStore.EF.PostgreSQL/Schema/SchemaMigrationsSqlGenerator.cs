using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Migrations;
using Microsoft.EntityFrameworkCore.Migrations.Operations;
using Npgsql.EntityFrameworkCore.PostgreSQL.Infrastructure.Internal;
using Npgsql.EntityFrameworkCore.PostgreSQL.Migrations;

namespace EventStore.EF.PostgreSQL.Schema;

/// <summary>Creates the run-time schema, and inserts its name into the raw SQL of migrations in place of <c>{schema}</c>.</summary>
#pragma warning disable EF1001 // The base class's constructor takes Npgsql's options, which have no public interface.
internal sealed class SchemaMigrationsSqlGenerator(
    MigrationsSqlGeneratorDependencies dependencies, INpgsqlSingletonOptions options, SchemaName schema)
    : NpgsqlMigrationsSqlGenerator(dependencies, options)
{
    protected override void Generate(EnsureSchemaOperation operation, IModel? model, MigrationCommandListBuilder builder)
    {
        operation.Name = schema.Map(operation.Name)!;
        base.Generate(operation, model, builder);
    }

    protected override void Generate(SqlOperation operation, IModel? model, MigrationCommandListBuilder builder)
    {
        operation.Sql = schema.In(operation.Sql);
        base.Generate(operation, model, builder);
    }
}
#pragma warning restore EF1001
