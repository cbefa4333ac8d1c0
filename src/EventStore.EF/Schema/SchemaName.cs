namespace EventStore.EF;

/// <summary>
/// The schema that a store lives in. Its rule is narrow, so that the name can stand in SQL and in a notification channel as it is.
/// </summary>
internal sealed class SchemaName
{
    private const int MaxLength = 40;

    public SchemaName(string value)
    {
        if (string.IsNullOrEmpty(value) || value.Length > MaxLength || char.IsAsciiDigit(value[0]) || value.StartsWith("pg_", StringComparison.Ordinal)
            || !value.All(character => char.IsAsciiLetterLower(character) || char.IsAsciiDigit(character) || character == '_'))
        {
            throw new ArgumentException(
                $"EventStoreOptions.Schema is '{value}': a schema name has 1 to {MaxLength} characters, lower-case ASCII letters, digits and '_', and doesn't start with a digit or 'pg_'.", nameof(value));
        }

        Value = value;
    }

    public string Value { get; }

    /// <summary>The run-time name of what model and migrations call <paramref name="modelName"/>.</summary>
    public string? Map(string? modelName) => modelName == EventStoreModel.Schema ? Value : modelName;

    /// <summary>Puts the run-time name into SQL written for migrations and statements, where it stands as <c>{schema}</c>.</summary>
    public string In(string sql) => sql.Replace("{schema}", Value, StringComparison.Ordinal);

    public override string ToString() => Value;
}
