using System.Text;
using Microsoft.EntityFrameworkCore.Storage;
using Npgsql.EntityFrameworkCore.PostgreSQL.Storage.Internal;

namespace EventStore.EF.PostgreSQL.Schema;

/// <summary>Writes the run-time schema wherever the model and the migrations say <c>eventstore</c>.</summary>
#pragma warning disable EF1001 // Npgsql's own quoting of identifiers is needed; there is no public class to derive from.
internal sealed class SchemaSqlGenerationHelper(RelationalSqlGenerationHelperDependencies dependencies, SchemaName schema)
    : NpgsqlSqlGenerationHelper(dependencies)
{
    public override string DelimitIdentifier(string name, string? schemaName) => base.DelimitIdentifier(name, schema.Map(schemaName));

    public override void DelimitIdentifier(StringBuilder builder, string name, string? schemaName)
        => base.DelimitIdentifier(builder, name, schema.Map(schemaName));
}
#pragma warning restore EF1001
