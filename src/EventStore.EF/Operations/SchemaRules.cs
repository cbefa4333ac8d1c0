using EventStore.EF.Errors;
using EventStore.EF.Operations.Checks;

namespace EventStore.EF.Operations;

/// <summary>Compares the migrations of a schema with those of the package.</summary>
internal static class SchemaRules
{
    /// <param name="schema">The schema's name.</param>
    /// <param name="known">The migrations of the package.</param>
    /// <param name="applied">Those of the schema; <see langword="null"/> if they can't be read.</param>
    /// <param name="refusal">Why they can't be read.</param>
    public static SchemaReport Judge(string schema, IReadOnlyList<string> known, IReadOnlyList<string>? applied, string? refusal)
    {
        string[] missing = applied is null ? [] : [.. known.Except(applied, StringComparer.OrdinalIgnoreCase)];
        string[] newer = applied is null
            ? []
            : [.. applied.Except(known, StringComparer.OrdinalIgnoreCase).Order(StringComparer.Ordinal)];
        return new()
        {
            Name = schema,
            Missing = missing,
            Newer = newer,
            Reason = refusal,
            State = applied is null ? SchemaState.Unknown
                : missing.Length == known.Count && newer.Length == 0 ? SchemaState.Missing
                : missing.Length > 0 ? SchemaState.Outdated
                : newer.Length > 0 ? SchemaState.Newer : SchemaState.Current,
        };
    }

    public static StoreCheck Check(SchemaReport schema, bool allowsNewer) => schema.State switch
    {
        SchemaState.Current => CheckDefinition.Schema.Passed(),
        SchemaState.Newer => CheckDefinition.Schema.Found(
            allowsNewer ? CheckSeverity.Information : CheckSeverity.Warning,
            $"A newer version of EventStore.EF has migrated schema '{schema.Name}': this version doesn't know " +
            $"{string.Join(", ", schema.Newer)}.",
            "Update the package of this application."),
        SchemaState.Outdated => CheckDefinition.Schema.Found(
            CheckSeverity.Error, $"Schema '{schema.Name}' lacks {string.Join(", ", schema.Missing)}.", $"Run '{MissingSchema.Command}'."),
        SchemaState.Missing => CheckDefinition.Schema.Found(
            CheckSeverity.Error, $"There is no event store in schema '{schema.Name}'.", $"Run '{MissingSchema.Command}'."),
        _ => CheckDefinition.Schema.Unknown(
            schema.Reason ?? "the table of migrations can't be read.", StoreRules.GrantRemedy),
    };
}
