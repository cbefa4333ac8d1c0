namespace EventStore.EF.Schema;

/// <summary>
/// The arguments after <c>--</c> on the command line of <c>dotnet ef</c>: a connection string and, optionally, <c>--schema name</c>.
/// </summary>
internal sealed record DesignTimeArguments(string ConnectionString, string Schema)
{
    /// <exception cref="ArgumentException">An argument is unknown or incomplete.</exception>
    public static DesignTimeArguments Parse(string[] arguments, string defaultConnectionString)
    {
        string? connectionString = null;
        var schema = EventStoreModel.Schema;
        for (var index = 0; index < arguments.Length; index++)
        {
            if (arguments[index] == "--schema" && index + 1 < arguments.Length)
                schema = arguments[++index];
            else if (connectionString is null && !arguments[index].StartsWith("--", StringComparison.Ordinal))
                connectionString = arguments[index];
            else
            {
                throw new ArgumentException(
                    $"Unknown argument '{arguments[index]}'. Usage: dotnet ef … -- \"<connection string>\" [--schema <name>]",
                    nameof(arguments));
            }
        }

        _ = new SchemaName(schema);
        return new(connectionString ?? defaultConnectionString, schema);
    }
}
