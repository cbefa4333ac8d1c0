using System.Text.RegularExpressions;

namespace EventStore.EF.Tests.Documentation;

/// <summary>
/// A comment above each block of commands says what runs it: <c>&lt;!-- run by: .ci/run --&gt;</c> (or <c>.ci/long</c>, or a test class), or
/// <c>&lt;!-- not run: reason --&gt;</c>. A page whose blocks are run as a whole says so once: <c>&lt;!-- commands run by: TutorialTests --&gt;</c>.
/// </summary>
public sealed partial class CommandTests
{
    /// <summary>The blocks of commands that nothing runs. Another one is worth a second look.</summary>
    private const int NotRun = 5;

    private static readonly string Tests = string.Join('\n', Directory
        .EnumerateFiles(Path.Combine(Pages.Root, "tests"), "*Tests.cs", SearchOption.AllDirectories).Select(Path.GetFileNameWithoutExtension));

    public static TheoryData<string, string, string> Blocks
    {
        get
        {
            var blocks = new TheoryData<string, string, string>();
            foreach (var (page, text) in Pages.All)
            {
                var whole = Whole().Match(text).Groups["by"].Value;
                foreach (Match block in Block().Matches(text))
                    blocks.Add(page, block.Groups["by"].Success ? block.Groups["by"].Value : whole, block.Groups["lines"].Value);
            }

            return blocks;
        }
    }

    [Theory]
    [MemberData(nameof(Blocks), DisableDiscoveryEnumeration = true)]
    public void Commands_are_run_by_what_their_page_says(string page, string by, string lines)
    {
        if (by.StartsWith("not run: ", StringComparison.Ordinal))
        {
            Assert.True(by.Length > 20, $"{page}: '{by}' is no reason.");
        }
        else if (by.StartsWith("run by: .ci/", StringComparison.Ordinal))
        {
            var script = Plain(File.ReadAllText(Path.Combine(Pages.Root, by["run by: ".Length..])));
            Assert.All(Lines(lines), command => Assert.True(IsIn(script, command), $"{by["run by: ".Length..]} doesn't run this command of {page}: {command}"));
        }
        else
        {
            Assert.Contains(by["run by: ".Length..], Tests.Split('\n'));
        }
    }

    [Fact]
    public void The_commands_that_nothing_runs_are_counted()
        => Assert.Equal(NotRun, Pages.All.Sum(page => Block().Matches(page.Text).Count(block => block.Groups["by"].Value.StartsWith("not run: ", StringComparison.Ordinal))));

    /// <summary>Word for word up to the values; the fault kit, which a script calls by a function of its own, by the kind of its run.</summary>
    private static bool IsIn(string script, string command)
        => FaultKit().Match(command) is { Success: true } fault
            ? Regex.IsMatch(script, $"(-- |\" ){fault.Groups["kind"].Value}\\b")
            : script.Contains(Plain(Varying().Replace(command, "")).Trim(), StringComparison.Ordinal);

    private static string[] Lines(string lines) => lines.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    private static string Plain(string text) => text
        .Replace("$migrations.", "migrations/EventStore.EF.Migrations.", StringComparison.Ordinal)
        .Replace("--no-build ", "", StringComparison.Ordinal).Replace("-c Release ", "", StringComparison.Ordinal);

    [GeneratedRegex("(^ *<!-- (?<by>(run by|not run): [^>]*) -->\n)?^ *```sh\n(?<lines>.*?)```", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex Block();

    [GeneratedRegex("<!-- commands (?<by>run by: \\w+) -->")]
    private static partial Regex Whole();

    [GeneratedRegex(@"tests/EventStore\.EF\.Faults -- (?<kind>\w+)")]
    private static partial Regex FaultKit();

    /// <summary>Where the values begin: connection strings, lengths of time, files.</summary>
    [GeneratedRegex("( --seconds | --rounds | --output | -- \"| -- \\d).*$")]
    private static partial Regex Varying();
}
