using System.Text.RegularExpressions;
using EventStore.EF.Schema;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Migrations;
using Microsoft.EntityFrameworkCore.Migrations.Operations;

namespace EventStore.EF.Sqlite.Schema;

/// <summary>Writes the run-time names where EF Core's SQLite generator drops the schema, and into the migrations' own SQL.</summary>
internal sealed partial class SqliteSchemaMigrationsSqlGenerator(
    MigrationsSqlGeneratorDependencies dependencies, IRelationalAnnotationProvider annotations, SchemaName store)
    : SqliteMigrationsSqlGenerator(dependencies, annotations)
{
    protected override void Generate(SqlOperation operation, IModel? model, MigrationCommandListBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(operation);
        var mapped = new SqlOperation
        {
            Sql = RebuildCopy().Replace(store.In(operation.Sql), match => MapCopy(match, model)),
            SuppressTransaction = operation.SuppressTransaction,
        };
        base.Generate(mapped, model, builder);
    }

    protected override void Generate(RenameTableOperation operation, IModel? model, MigrationCommandListBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(operation);
        ArgumentNullException.ThrowIfNull(builder);
        var helper = Dependencies.SqlGenerationHelper;
        builder.Append("ALTER TABLE ").Append(helper.DelimitIdentifier(operation.Name, operation.Schema))
            .Append(" RENAME TO ")
            .Append(helper.DelimitIdentifier(operation.NewName ?? operation.Name, operation.NewSchema ?? operation.Schema))
            .AppendLine(helper.StatementTerminator);
        EndStatement(builder);
    }

    private string MapCopy(Match match, IModel? model)
    {
        // Only the store's tables: the history table has no schema and is never rebuilt.
        var table = match.Groups["table"].Value;
        if (model?.GetRelationalModel().FindTable(table, EventStoreModel.Schema) is null)
            return match.Value;

        var helper = Dependencies.SqlGenerationHelper;
        return "INSERT INTO " + helper.DelimitIdentifier("ef_temp_" + table, EventStoreModel.Schema) + match.Groups["columns"].Value
            + "FROM " + helper.DelimitIdentifier(table, EventStoreModel.Schema) + helper.StatementTerminator;
    }

    /// <summary>
    /// Matches the copy into a new table by which EF Core changes what SQLite can't alter; it names both tables without a schema.
    /// </summary>
    [GeneratedRegex("""\AINSERT INTO "ef_temp_(?<table>[^"]+)"(?<columns>.*)FROM "\k<table>";\z""", RegexOptions.Singleline)]
    private static partial Regex RebuildCopy();
}
