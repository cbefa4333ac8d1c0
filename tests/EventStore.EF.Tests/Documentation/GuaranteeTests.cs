using System.Text.RegularExpressions;

namespace EventStore.EF.Tests.Documentation;

/// <summary>
/// A guarantee of a page names the test that holds it in a comment beside it, <c>&lt;!-- test: Class.Method --&gt;</c> or
/// <c>&lt;!-- test: Class --&gt;</c>.
/// </summary>
public sealed partial class GuaranteeTests
{
    private static readonly Dictionary<string, HashSet<string>> Tests = Find();

    public static TheoryData<string, string> Named
    {
        get
        {
            var named = new TheoryData<string, string>();
            foreach (var (page, text) in Pages.All)
            {
                foreach (var match in Comment().Matches(text).DistinctBy(match => match.Groups["test"].Value))
                    named.Add(page, match.Groups["test"].Value);
            }

            return named;
        }
    }

    [Theory]
    [MemberData(nameof(Named))]
    public void A_test_that_a_page_names_exists(string page, string test)
    {
        var parts = test.Split('.');
        Assert.True(Tests.TryGetValue(parts[0], out var methods), $"{page} names the class '{parts[0]}', which doesn't exist.");
        if (parts.Length == 2)
            Assert.Contains(parts[1], methods);
        else
            Assert.NotEmpty(methods);
    }

    [Theory]
    [InlineData("security.md", 10)]
    [InlineData("threat-model.md", 4)]
    [InlineData("order.md", 4)]
    [InlineData("sqlite.md", 2)]
    [InlineData("migrations.md", 1)]
    [InlineData("configuration.md", 9)]
    public void A_page_with_guarantees_names_the_tests_that_hold_them(string page, int least)
        => Assert.InRange(Comment().Count(Pages.Read(page)), least, int.MaxValue);

    /// <summary>The test methods of each class, and of the specifications that it derives from.</summary>
    private static Dictionary<string, HashSet<string>> Find()
    {
        var tests = new Dictionary<string, HashSet<string>>(StringComparer.Ordinal);
        foreach (var file in Directory.EnumerateFiles(Path.Combine(Pages.Root, "tests"), "*.cs", SearchOption.AllDirectories))
        {
            var text = File.ReadAllText(file);
            if (Class().Match(text) is not { Success: true } declared || !text.Contains("[Fact", StringComparison.Ordinal) && !text.Contains("[Theory", StringComparison.Ordinal))
                continue;

            var methods = Method().Matches(text).Select(match => match.Groups["name"].Value);
            if (!tests.TryAdd(declared.Groups["name"].Value, [.. methods]))
                tests[declared.Groups["name"].Value].UnionWith(methods);
        }

        return tests;
    }

    [GeneratedRegex("<!-- test: (?<test>[A-Za-z0-9_]+(\\.[A-Za-z0-9_]+)?) -->")]
    private static partial Regex Comment();

    [GeneratedRegex(@"^public (abstract |sealed |static )?(partial )?class (?<name>\w+)", RegexOptions.Multiline)]
    private static partial Regex Class();

    [GeneratedRegex(@"\[(Fact|Theory)[^\n]*\n(\s*\[[^\n]*\n|\s*//[^\n]*\n)*\s*public (async )?(Task|ValueTask|void) (?<name>\w+)\(")]
    private static partial Regex Method();
}
