namespace EventStore.EF.Schema;

/// <summary>Adapts the application's start-up to EF Core's tools: <c>dotnet ef</c> or a migration bundle.</summary>
internal static class DesignTime
{
    private const string Option = "--schema";

    /// <summary>Whether EF Core's tools run the application. They supply their own connection string, or need none.</summary>
    public static bool IsRunning => Microsoft.EntityFrameworkCore.EF.IsDesignTime;

    /// <summary>The schema given on the tools' command line after <c>--</c>; <see langword="null"/> if there is none.</summary>
    /// <exception cref="ArgumentException">The option has no value.</exception>
    public static string? Schema => IsRunning ? FindSchema(Environment.GetCommandLineArgs()) : null;

    /// <summary>Finds the schema in the tools' command line. Everything else after <c>--</c> belongs to the application.</summary>
    internal static string? FindSchema(IReadOnlyList<string> arguments)
    {
        var isBehind = false;
        string? schema = null;
        for (var index = 0; index < arguments.Count; index++)
        {
            var argument = arguments[index];
            if (!isBehind)
                isBehind = argument == "--";
            else if (argument == Option)
                schema = ++index < arguments.Count ? arguments[index] : "";
            else if (argument.StartsWith(Option + "=", StringComparison.Ordinal))
                schema = argument[(Option.Length + 1)..];
        }

        return schema is not ""
            ? schema
            : throw new ArgumentException("--schema has no value. Usage: dotnet ef … --context EventStoreDbContext -- --schema <name>",
                nameof(arguments));
    }
}
