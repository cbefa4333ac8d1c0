using System.Data.Common;
using System.Globalization;

namespace Ordering;

/// <summary>What the command line says.</summary>
/// <param name="PostgreSql">The connection string, or <see langword="null"/> for SQLite.</param>
/// <param name="SqliteFile">The file that holds everything on SQLite.</param>
/// <param name="Demo">How many orders the demo places, or <see langword="null"/> to open the shop.</param>
internal sealed record Settings(string? PostgreSql, string SqliteFile, int? Demo)
{
    private const string Usage =
        """
        dotnet run --project samples/Ordering [-- options]

          --sqlite <file>                      keep everything in this file (default: ordering.db in the sample's folder)
          --postgres "<connection string>"     keep everything in PostgreSQL
          --demo <orders>                      let customers place so many orders at once, then compare everything with the events;
                                               0 only compares what is there; ends with 0 if all is equal, 1 if not
          --urls <url>                         listen there (default: http://localhost:5080)
        """;

    private static readonly string[] Known = ["postgres", "sqlite", "demo", "urls"];

    /// <summary>The database in words, without its password.</summary>
    public string Database => PostgreSql is null ? $"SQLite, {SqliteFile}" : $"PostgreSQL, {DatabaseName}";

    /// <summary>A short name that the mailbox folder bears as well.</summary>
    public string DatabaseName => PostgreSql is null
        ? Path.GetFileNameWithoutExtension(SqliteFile)
        : new DbConnectionStringBuilder { ConnectionString = PostgreSql }.TryGetValue("Database", out var name) ? (string)name : "postgres";

    /// <summary>What the arguments say, or <see langword="null"/> after telling what is wrong with them.</summary>
    public static Settings? Read(string[] args)
    {
        var options = new Dictionary<string, string>();
        for (var index = 0; index < args.Length; index += 2)
        {
            var name = args[index].StartsWith("--", StringComparison.Ordinal) ? args[index][2..] : "";
            if (!Known.Contains(name) || index + 1 == args.Length)
                return Refuse(name == "help" ? "" : $"I don't understand '{args[index]}'{(Known.Contains(name) ? " without a value" : "")}.\n\n");

            options[name] = args[index + 1];
        }

        int? demo = null;
        if (options.TryGetValue("demo", out var text))
        {
            if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var orders))
                return Refuse($"--demo takes a number of orders, 0 or more, not '{text}'.\n\n");

            demo = orders;
        }

        return new(options.GetValueOrDefault("postgres"), Path.GetFullPath(options.GetValueOrDefault("sqlite", "ordering.db")), demo);
    }

    private static Settings? Refuse(string reason)
    {
        Console.Error.WriteLine(reason + Usage);
        return null;
    }
}
