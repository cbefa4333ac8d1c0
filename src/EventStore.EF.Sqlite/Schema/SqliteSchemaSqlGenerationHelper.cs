using System.Text;
using Microsoft.EntityFrameworkCore.Storage;

namespace EventStore.EF.Sqlite.Schema;

/// <summary>Writes the run-time names wherever the model and the migrations say <c>eventstore</c>.</summary>
internal sealed class SqliteSchemaSqlGenerationHelper(RelationalSqlGenerationHelperDependencies dependencies, SchemaName store)
    : RelationalSqlGenerationHelper(dependencies)
{
    public override string StartTransactionStatement => "BEGIN TRANSACTION" + StatementTerminator;

    public override string DelimitIdentifier(string identifier) => base.DelimitIdentifier(store.Identifier(identifier));

    public override void DelimitIdentifier(StringBuilder builder, string identifier)
        => base.DelimitIdentifier(builder, store.Identifier(identifier));

    public override string DelimitIdentifier(string name, string? schema) => DelimitIdentifier(store.Table(name, schema));

    public override void DelimitIdentifier(StringBuilder builder, string name, string? schema)
        => DelimitIdentifier(builder, store.Table(name, schema));
}
