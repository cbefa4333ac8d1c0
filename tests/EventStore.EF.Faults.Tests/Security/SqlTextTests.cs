using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;

namespace EventStore.EF.Faults.Tests.Security;

/// <summary>
/// No value is ever put into the text of a statement. Whatever is put into text that looks like SQL in the sources must be a constant, or stand
/// on the short list of what was looked at.
/// </summary>
public sealed partial class SqlTextTests
{
    /// <summary>
    /// The checked name of the schema, or its place-holder; names of columns and words for a direction; numbers and names of parameters, made
    /// of their numbers; a number of milliseconds; names that the provider's own helper delimits; messages that speak of SQL.
    /// </summary>
    private static readonly string[] LookedAt =
    [
        "SqliteErrors.cs: schema.Value", "SqliteErrors.cs: table", "SqliteStatements.cs: database.BusyTimeout.TotalMilliseconds:F0",
        "ProjectionDatabase.cs: who", "ProjectionDatabase.cs: contextType", "ProjectionDatabase.cs: exception.Message",
        "PageStatements.cs: \"{schema}\"", "PageStatements.cs: ColumnsOfAll", "PageStatements.cs: Comparison(direction)",
        "PageStatements.cs: Opposite(direction)", "PageStatements.cs: Farthest(direction)",
        "PageStatements.cs: Order(direction)", "PageStatements.cs: Filter(4)", "PageStatements.cs: filter",
        "PageStatements.cs: (form is PageForm.Plain ? PlainStream(direction) : CountedStream(direction))", "PageStatements.cs: Large",
        "PageStatements.cs: RunningTotal(\"e.position\", direction)", "PageStatements.cs: RunningTotal(\"e.version\", direction)",
        "PageStatements.cs: RunningTotal(\"n.number\", direction, \"n\")", "PageStatements.cs: bytes",
        "PageStatements.cs: first", "PageStatements.cs: first + 1", "PageStatements.cs: first + 2", "PageStatements.cs: first + 3",
        "PageStatements.cs: string.Join(\", \", Enumerable.Range(0, types.Count).Select(TypeParameter))",
        "AppendStatements.cs: count + 1", "AppendStatements.cs: function", "AppendStatements.cs: others", "SettlementStatements.cs: \"{schema}\"",
        "InconsistentStoreException.cs: last", "StoreRules.cs: transaction.SessionId", "ServerRules.cs: schema",
        "ProjectionTables.cs: columns", "ProjectionTables.cs: sql.DelimitIdentifier(table.Name, table.Schema)", "SqliteMigrationsHistory.cs: Literal(TableName)",
        "SqliteErrors.cs: string.Join(\", \", SqliteNames.Tables.Select(table => schema.Value + \"_\" + table).Select(Text))",
    ];

    /// <summary>Rewrites what EF Core made for a migration; it joins the model's own names, delimited.</summary>
    private const string Rewriter = "SqliteSchemaMigrationsSqlGenerator.cs";

    private static readonly string Sources = Path.Combine(Root(), "src");

    private static readonly (string Path, string Text)[] Files = [.. Directory.EnumerateFiles(Sources, "*.cs", SearchOption.AllDirectories)
        .Where(path => !path.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal))
        .Select(path => (path, File.ReadAllText(path)))];

    private static readonly HashSet<string> Constants = [.. Files.SelectMany(file => Constant().Matches(file.Text)).Select(match => match.Groups[1].Value)];

    [Fact]
    public void Nothing_but_constants_is_put_into_SQL()
    {
        Assert.NotEmpty(Files);
        var found = Files.SelectMany(file => Holes(file.Text).Where(hole => !IsConstant(hole)).Select(hole => $"{Path.GetFileName(file.Path)}: {hole}")).Except(LookedAt);
        Assert.True(!found.Any(), string.Join('\n', found));
    }

    [Fact]
    public void No_SQL_is_joined_by_plus()
    {
        var found = Files.Where(file => Path.GetFileName(file.Path) != Rewriter)
            .SelectMany(file => Joined().Matches(file.Text).Select(match => $"{Path.GetFileName(file.Path)}: {match.Value}"));
        Assert.True(!found.Any(), string.Join('\n', found));
    }

    /// <summary>See Commands.EndAsync: the driver's own scalars believe a row of a statement that then failed.</summary>
    [Fact]
    public void No_scalar_is_believed_before_the_answer_s_end()
    {
        var found = Files.Where(file => file.Text.Contains(".ExecuteScalarAsync(", StringComparison.Ordinal)).Select(file => Path.GetFileName(file.Path));
        Assert.Empty(found);
    }

    [Fact]
    public void No_raw_SQL_goes_to_EF_Core()
        => Assert.DoesNotContain(Files, file => RawSql().IsMatch(file.Text));

    [Theory]
    [InlineData("$\"SELECT * FROM events WHERE name = '{name}'\"", "name")]
    [InlineData("$\"\"\"\nDELETE FROM {table}\n\"\"\"", "table")]
    [InlineData("$$\"\"\"UPDATE {schema}.streams SET name = {{name}}\"\"\"", "name")]
    public void A_value_in_SQL_would_be_found(string source, string hole) => Assert.Equal([hole], Holes(source));

    [Fact]
    public void SQL_joined_by_plus_would_be_found() => Assert.Matches(Joined(), "\"SELECT * FROM events WHERE name = \" + name");

    private static bool IsConstant(string hole) => Constants.Contains(hole[(hole.LastIndexOf('.') + 1)..]);

    /// <summary>The expressions inside of interpolated strings that look like SQL.</summary>
    private static IEnumerable<string> Holes(string source)
    {
        foreach (Match text in Interpolated().Matches(source))
        {
            if (!Sql().IsMatch(text.Groups["text"].Value))
                continue;

            // As many braces open a hole as there are dollars; fewer are text, and with one dollar two are text as well.
            var braces = text.Groups["dollars"].Length;
            var holes = braces == 1 ? SingleHole().Matches(text.Groups["text"].Value.Replace("{{", "", StringComparison.Ordinal)) : DoubleHole().Matches(text.Groups["text"].Value);
            foreach (Match hole in holes)
                yield return hole.Groups[1].Value;
        }
    }

    private static string Root([CallerFilePath] string path = "")
    {
        // The compiler replaces the path where builds are reproducible; the tests run below the root in either case.
        for (var folder = File.Exists(path) ? Path.GetDirectoryName(path) : AppContext.BaseDirectory; folder is not null; folder = Path.GetDirectoryName(folder))
        {
            if (File.Exists(Path.Combine(folder, "EventStore.EF.sln")))
                return folder;
        }

        throw new InvalidOperationException($"EventStore.EF.sln is in no folder above {AppContext.BaseDirectory}.");
    }

    [GeneratedRegex("""(?<dollars>\$+)(?:"{3,}(?<text>.*?)"{3,}|"(?<text>(?:[^"\\\n{]|\\.|\{[^}]*\})*)")""", RegexOptions.Singleline)]
    private static partial Regex Interpolated();

    [GeneratedRegex(@"\b(SELECT|INSERT INTO|DELETE FROM|UPDATE|WHERE|LISTEN|NOTIFY|PRAGMA|ALTER|DROP|TRUNCATE|RETURNING)\b|\bSET \w+ =")]
    private static partial Regex Sql();

    [GeneratedRegex(@"\{((?:[^{}]|\{[^{}]*\})+)\}")]
    private static partial Regex SingleHole();

    [GeneratedRegex(@"\{\{([^{}]+)\}\}")]
    private static partial Regex DoubleHole();

    [GeneratedRegex(@"\bconst string (\w+)\b")]
    private static partial Regex Constant();

    [GeneratedRegex("""("[^"\n]*\b(SELECT|INSERT INTO|DELETE FROM|UPDATE \w+ SET|WHERE)\b[^"\n]*"\s*\+)|(\+\s*"[^"\n]*\b(SELECT|INSERT INTO|DELETE FROM|WHERE)\b)""")]
    private static partial Regex Joined();

    [GeneratedRegex(@"\b(FromSqlRaw|ExecuteSqlRaw\w*|SqlQueryRaw)\b")]
    private static partial Regex RawSql();
}
