using System.Runtime.CompilerServices;

namespace EventStore.EF.Tests.Documentation;

/// <summary>The pages of the documentation, as they are in the repository.</summary>
internal static class Pages
{
    /// <summary>The repository's folder.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>Every page of the repository, with its path and its text.</summary>
    public static IEnumerable<(string Page, string Text)> All
        => from file in Directory.EnumerateFiles(Path.Combine(Root, "docs"), "*.md", SearchOption.AllDirectories)
               .Prepend(Path.Combine(Root, "CONTRIBUTING.md")).Prepend(Path.Combine(Root, "README.md")).Order(StringComparer.Ordinal)
           select (Path.GetRelativePath(Root, file), File.ReadAllText(file));

    /// <summary>The text of a page of the folder docs.</summary>
    public static string Read(string page) => File.ReadAllText(Path.Combine(Root, "docs", page));

    /// <summary>What is below a heading, up to the next one of any level.</summary>
    public static string Section(string page, string heading)
    {
        var lines = page.Split('\n');
        var begin = Array.FindIndex(lines, line => line.TrimStart('#') == $" {heading}" && line.StartsWith('#'));
        Assert.True(begin >= 0, $"The page has no section '{heading}'.");
        return string.Join('\n', lines.Skip(begin + 1).TakeWhile(line => !line.StartsWith('#')));
    }

    /// <summary>The rows of a section's tables without their headers: the cells' texts.</summary>
    public static IReadOnlyList<string[]> Rows(string section)
    {
        string[][] rows =
        [
            .. section.Split('\n').Where(line => line.StartsWith("| ", StringComparison.Ordinal))
                .Select(line => line.Trim('|', ' ').Split(" | ", StringSplitOptions.TrimEntries)),
        ];
        var rules = rows.Index().Where(row => row.Item[0].StartsWith("---", StringComparison.Ordinal)).Select(row => row.Index).ToArray();
        Assert.NotEmpty(rules);
        return [.. rows.Index().Where(row => !rules.Contains(row.Index) && !rules.Contains(row.Index + 1)).Select(row => row.Item)];
    }

    private static string FindRoot([CallerFilePath] string path = "")
        => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(path)!, "..", "..", ".."));
}
