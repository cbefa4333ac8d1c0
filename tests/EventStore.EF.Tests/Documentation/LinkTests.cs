using System.Text.RegularExpressions;

namespace EventStore.EF.Tests.Documentation;

/// <summary>Links between the pages of the repository lead somewhere: to a file that exists, and to a heading that it has.</summary>
public sealed partial class LinkTests
{
    public static TheoryData<string> PagesOfTheRepository() =>
    [
        "README.md", "CONTRIBUTING.md",
        .. Directory.EnumerateFiles(Path.Combine(Pages.Root, "docs"), "*.md", SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(Pages.Root, file)).Order(StringComparer.Ordinal),
    ];

    [Theory]
    [MemberData(nameof(PagesOfTheRepository))]
    public void Every_link_leads_somewhere(string page)
    {
        var folder = Path.GetDirectoryName(Path.Combine(Pages.Root, page))!;
        var broken = Targets(File.ReadAllText(Path.Combine(Pages.Root, page)))
            .Where(target => !target.Contains("://", StringComparison.Ordinal) && !Exists(Path.Combine(Pages.Root, page), folder, target));

        Assert.Empty(broken);
    }

    [Fact]
    public void Every_page_of_the_documentation_is_in_its_index()
    {
        var linked = Targets(Pages.Read("README.md")).Select(target => target.Split('#')[0]).ToHashSet(StringComparer.Ordinal);
        var pages = Directory.EnumerateFiles(Path.Combine(Pages.Root, "docs"), "*.md", SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(Path.Combine(Pages.Root, "docs"), file).Replace('\\', '/'))
            .Where(page => page != "README.md" && !page.StartsWith("diagnostics/", StringComparison.Ordinal));

        Assert.All(pages, page => Assert.Contains(page, linked));
    }

    private static bool Exists(string page, string folder, string target)
    {
        var parts = target.Split('#');
        var file = parts[0].Length == 0 ? page : Path.GetFullPath(Path.Combine(folder, parts[0]));
        return parts.Length == 1
            ? File.Exists(file) || Directory.Exists(file)
            : File.Exists(file) && Anchors(File.ReadAllText(file)).Contains(parts[1]);
    }

    private static IEnumerable<string> Targets(string page)
        => Link().Matches(WithoutCode(page)).Select(match => match.Groups["target"].Value);

    private static IEnumerable<string> Anchors(string page)
        => Heading().Matches(WithoutCode(page)).Select(match => Anchor(match.Groups["text"].Value));

    /// <summary>The anchor that GitHub gives a heading.</summary>
    private static string Anchor(string heading)
        => NotInAnchors().Replace(LinkText().Replace(heading, "${text}").Trim().ToLowerInvariant(), "").Replace(' ', '-');

    private static string WithoutCode(string page) => Fence().Replace(page, "");

    [GeneratedRegex(@"(?<!!)\[[^\]]*\]\((?<target>[^)\s]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"\[(?<text>[^\]]*)\]\([^)]*\)")]
    private static partial Regex LinkText();

    [GeneratedRegex("^#+ (?<text>.+)$", RegexOptions.Multiline)]
    private static partial Regex Heading();

    [GeneratedRegex(@"[^\p{L}\p{N}\-_ ]")]
    private static partial Regex NotInAnchors();

    [GeneratedRegex("^```.*?^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Fence();
}
