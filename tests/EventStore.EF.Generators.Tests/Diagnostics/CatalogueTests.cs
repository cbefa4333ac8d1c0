using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using EventStore.EF.Generators.Diagnostics;
using Microsoft.CodeAnalysis;

namespace EventStore.EF.Generators.Tests.Diagnostics;

public sealed class CatalogueTests
{
    public static TheoryData<string> Ids => [.. All.Select(descriptor => descriptor.Id)];

    private static IEnumerable<DiagnosticDescriptor> All => typeof(Descriptors).GetFields(BindingFlags.Public | BindingFlags.Static)
        .Select(info => (DiagnosticDescriptor)info.GetValue(null)!);

    [Theory]
    [MemberData(nameof(Ids))]
    public void Every_diagnostic_has_a_page_with_bad_good_and_why(string id)
    {
        var page = File.ReadAllText(Path.Combine(Root(), "docs", "diagnostics", id + ".md"));
        var descriptor = All.Single(d => d.Id == id);

        Assert.StartsWith($"# {id}: {descriptor.Title}\n", page, StringComparison.Ordinal);
        Assert.Contains($"**{descriptor.DefaultSeverity}**", page, StringComparison.Ordinal);
        Assert.Contains("\n## Bad\n", page, StringComparison.Ordinal);
        Assert.Contains("\n## Good\n", page, StringComparison.Ordinal);
        Assert.Contains("\n## Why\n", page, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_page_is_of_a_diagnostic()
        => Assert.Equal(
            All.Select(d => d.Id).Concat(OfTheBuild()).Order(),
            Directory.GetFiles(Path.Combine(Root(), "docs", "diagnostics"), "ESEF*.md").Select(Path.GetFileNameWithoutExtension).Order());

    /// <summary>The errors that the packages' targets report, before anything is compiled.</summary>
    private static IEnumerable<string> OfTheBuild()
        => Directory.GetFiles(Path.Combine(Root(), "src"), "*.targets", SearchOption.AllDirectories)
            .Where(file => file.Contains("buildTransitive", StringComparison.Ordinal))
            .SelectMany(file => Regex.Matches(File.ReadAllText(file), "Code=\"(ESEF[0-9]+)\"").Select(match => match.Groups[1].Value))
            .Distinct();

    private static string Root([CallerFilePath] string path = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(path)!, "..", "..", ".."));
}
