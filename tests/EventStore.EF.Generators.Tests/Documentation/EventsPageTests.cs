using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using EventStore.EF.Generators.Contracts;
using EventStore.EF.Generators.Tests.Driver;
using Microsoft.CodeAnalysis;

namespace EventStore.EF.Generators.Tests.Documentation;

/// <summary>The snippets of docs/events.md, all together as one program.</summary>
public sealed partial class EventsPageTests
{
    private const string Using = """
        using System;
        using System.Collections.Generic;
        using System.Text.Json.Nodes;
        using System.Threading.Tasks;
        using EventStore.EF;


        """;

    [Fact]
    public async Task The_snippets_compile_without_a_warning()
    {
        var source = Using + string.Join("\n", Snippets("csharp").Select(AsDeclaration));

        Harness.Run(source).IsClean();
        Assert.DoesNotContain(await Harness.AnalyzeAsync(source), diagnostic => diagnostic.Severity >= DiagnosticSeverity.Warning);
    }

    [Fact]
    public void The_lines_of_the_contract_file_are_such_lines()
        => Assert.All(Snippets("text").SelectMany(text => text.Split('\n', StringSplitOptions.RemoveEmptyEntries)), line => Assert.Equal(line, ContractLine.Parse(line)?.ToString()));

    /// <summary>Statements stand in a method of a user's.</summary>
    private static string AsDeclaration(string snippet, int index) => snippet.StartsWith("var ", StringComparison.Ordinal)
        ? $"internal static class Program{index} {{ internal static async Task RunAsync(IEventStore store) {{ {snippet} _ = (order, version); }} }}"
        : snippet;

    private static List<string> Snippets(string language)
    {
        var snippets = Fence().Matches(Page()).Where(match => match.Groups[1].Value == language).Select(match => match.Groups[2].Value).ToList();
        Assert.NotEmpty(snippets);
        return snippets;
    }

    private static string Page([CallerFilePath] string path = "")
        => File.ReadAllText(Path.Combine(Path.GetDirectoryName(path)!, "..", "..", "..", "docs", "events.md"));

    [GeneratedRegex("```(\\w+)\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Fence();
}
