namespace EventStore.EF;

/// <summary>
/// The schema of a store. The rules are strict, so that the name can be used unquoted in SQL and in a notification channel.
/// </summary>
internal sealed class SchemaName
{
    /// <summary>The schema of the model and of the migrations; a store can have another one at run time.</summary>
    public const string Default = "eventstore";

    private const int MaxLength = 40;

    public SchemaName(string value)
    {
        if (string.IsNullOrEmpty(value) || value.Length > MaxLength || char.IsAsciiDigit(value[0])
            || value.StartsWith("pg_", StringComparison.Ordinal)
            || !value.All(character => char.IsAsciiLetterLower(character) || char.IsAsciiDigit(character) || character == '_'))
        {
            throw new ArgumentException(
                $"EventStoreOptions.Schema is '{value}'. A schema name has 1 to {MaxLength} characters: " +
                "lower-case ASCII letters, digits and '_'. It must not start with a digit or 'pg_'.", nameof(value));
        }

        Value = value;
    }

    public string Value { get; }

    /// <summary>The run-time name of the schema that the model and the migrations call <paramref name="modelName"/>.</summary>
    public string? Map(string? modelName) => modelName == Default ? Value : modelName;

    /// <summary>Puts the run-time name into the SQL of migrations and statements, in place of <c>{schema}</c>.</summary>
    public string In(string sql) => sql.Replace("{schema}", Value, StringComparison.Ordinal);

    public override string ToString() => Value;
}
