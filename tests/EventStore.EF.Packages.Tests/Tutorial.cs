using System.Text.RegularExpressions;

namespace EventStore.EF.Packages.Tests;

/// <summary>
/// The blocks of docs/getting-started.md, carried out in their order: files are written, changes are applied, commands run, and the output
/// of <c>dotnet run</c> is compared with the block that follows.
/// </summary>
internal sealed partial class Tutorial(PackedConsumers packed, string consumer, IReadOnlyDictionary<string, string> environment)
{
    private string _folder = consumer;
    private bool _isBuilt;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>Reads the page's blocks, with the chapter that each one is in.</summary>
    public static async Task<IReadOnlyList<TutorialBlock>> ReadAsync()
    {
        var page = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "docs", "getting-started.md"), Ct);
        var chapter = "";
        var blocks = new List<TutorialBlock>();
        foreach (Match match in HeadingOrFence().Matches(page))
        {
            if (match.Groups["chapter"] is { Success: true } heading)
                chapter = heading.Value;
            else
                blocks.Add(new(chapter, match.Groups["language"].Value, match.Groups["text"].Value));
        }

        return blocks;
    }

    /// <summary>Carries out the blocks.</summary>
    /// <param name="blocks">The blocks.</param>
    /// <param name="runs">Whether the program is run; otherwise only its files and packages come about.</param>
    public async Task FollowAsync(IReadOnlyList<TutorialBlock> blocks, bool runs = true)
    {
        Directory.CreateDirectory(packed.FolderOf(_folder));
        for (var index = 0; index < blocks.Count; index++)
        {
            var block = blocks[index];
            switch (block.Language)
            {
                case "sh":
                    var expected = blocks.ElementAtOrDefault(index + 1) is { Language: "text" } output ? output.Text : "";
                    var said = await RunAsync(block.Text, runs);
                    if (runs)
                        Assert.Equal(expected, said);

                    break;

                case "csharp":
                    await WriteAsync(block.Text);
                    break;

                case "diff":
                    await ChangeAsync(block.Text);
                    break;

                case "text":
                    Assert.Equal("sh", blocks[index - 1].Language);
                    break;

                default:
                    Assert.Fail($"The tutorial has a block of '{block.Language}', which nobody runs.");
                    break;
            }
        }
    }

    /// <summary>Runs the lines of a block one by one, and returns what the program printed.</summary>
    private async Task<string> RunAsync(string commands, bool runs)
    {
        var said = "";
        foreach (var command in commands.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            if (command.StartsWith("cd ", StringComparison.Ordinal))
            {
                _folder = Path.Combine(_folder, command[3..]);
            }
            else if (command.StartsWith("export ", StringComparison.Ordinal))
            {
                // The test's own value takes the place of the page's.
                Assert.Contains(command["export ".Length..command.IndexOf('=', StringComparison.Ordinal)], environment.Keys);
            }
            else if (!command.StartsWith("dotnet run -- ", StringComparison.Ordinal))
            {
                (await packed.RunAsync(_folder, "sh", "-e", "-c", command)).Succeeds();
                _isBuilt = false;
            }
            else if (runs)
            {
                if (!_isBuilt)
                    (await packed.BuildAsync(_folder, "-warnaserror")).Succeeds();

                _isBuilt = true;
                string[] arguments = ["run", "--no-build", "--", .. command["dotnet run -- ".Length..].Split(' ')];
                said += (await CommandLine.RunAsync(packed.FolderOf(_folder), "dotnet", arguments, environment)).Succeeds().Output;
            }
        }

        return said.ReplaceLineEndings("\n");
    }

    /// <summary>Writes the file that the first line names.</summary>
    private async Task WriteAsync(string text)
    {
        var name = FileName().Match(text);
        Assert.True(name.Success, $"A block of the tutorial names no file:\n{text}");
        await File.WriteAllTextAsync(PathOf(name.Groups["name"].Value), text, Ct);
        _isBuilt = false;
    }

    /// <summary>Replaces the block's old lines in Program.cs, which has them exactly once, by its new ones.</summary>
    private async Task ChangeAsync(string difference)
    {
        var lines = difference.Split('\n')[..^1];
        var (old, replacement) = (Lines('+'), Lines('-'));
        var program = await File.ReadAllTextAsync(PathOf("Program.cs"), Ct);
        Assert.True(program.Split(old).Length == 2, $"Program.cs must have these lines once:\n{old}\nIt is:\n{program}");
        await File.WriteAllTextAsync(PathOf("Program.cs"), program.Replace(old, replacement, StringComparison.Ordinal), Ct);
        _isBuilt = false;

        string Lines(char without) => string.Concat(
            lines.Where(line => !line.StartsWith(without)).Select(line => line.Length == 0 ? "\n" : $"{line[1..]}\n"));
    }

    private string PathOf(string file) => Path.Combine(packed.FolderOf(_folder), file);

    [GeneratedRegex("^## (?<chapter>[^\n]+)$|^```(?<language>\\w+)\n(?<text>.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex HeadingOrFence();

    [GeneratedRegex("^// (?<name>\\w+\\.cs)\n")]
    private static partial Regex FileName();
}

/// <param name="Chapter">The heading above the block.</param>
/// <param name="Language">What the block is in: <c>sh</c>, <c>csharp</c>, <c>diff</c> or <c>text</c>.</param>
/// <param name="Text">Its lines.</param>
internal sealed record TutorialBlock(string Chapter, string Language, string Text);
