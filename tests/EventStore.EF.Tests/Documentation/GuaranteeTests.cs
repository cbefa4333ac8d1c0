using System.Text.RegularExpressions;

namespace EventStore.EF.Tests.Documentation;

/// <summary>
/// A guarantee of a page names the test that holds it in a comment beside it, <c>&lt;!-- test: Class.Method --&gt;</c> or
/// <c>&lt;!-- test: Class --&gt;</c>.
/// </summary>
public sealed partial class GuaranteeTests
{
    private static readonly Dictionary<string, HashSet<string>> Tests = Find();

    /// <summary>How many comments a page has at least; raise it with each that is added.</summary>
    private static readonly Dictionary<string, int> Least = new(StringComparer.Ordinal)
    {
        ["README.md"] = 25,
        ["docs/architecture.md"] = 25,
        ["docs/configuration.md"] = 126,
        ["docs/deploying.md"] = 37,
        ["docs/events.md"] = 57,
        ["docs/getting-started.md"] = 19,
        ["docs/health.md"] = 49,
        ["docs/logs.md"] = 2,
        ["docs/migrations.md"] = 18,
        ["docs/order.md"] = 35,
        ["docs/projections.md"] = 39,
        ["docs/reliability.md"] = 39,
        ["docs/security.md"] = 26,
        ["docs/sqlite.md"] = 62,
        ["docs/streams.md"] = 83,
        ["docs/subscriptions.md"] = 112,
        ["docs/telemetry.md"] = 61,
        ["docs/threat-model.md"] = 20,
        ["docs/how-to/bring-existing-events.md"] = 12,
        ["docs/how-to/delete-personal-data.md"] = 15,
        ["docs/how-to/deploy-and-upgrade.md"] = 11,
        ["docs/how-to/import-events.md"] = 12,
        ["docs/how-to/move-from-elixir-eventstore.md"] = 8,
        ["docs/how-to/move-from-kurrentdb.md"] = 9,
        ["docs/how-to/move-from-marten.md"] = 6,
        ["docs/how-to/release.md"] = 2,
        ["docs/how-to/several-stores.md"] = 6,
        ["docs/how-to/test-handlers.md"] = 15,
    };

    /// <summary>Pages that promise nothing, with the reason. Each page of a diagnostic has tests of its own name.</summary>
    private static readonly Dictionary<string, string> Without = new(StringComparer.Ordinal)
    {
        ["CONTRIBUTING.md"] = "how the repository is worked on",
        ["docs/README.md"] = "an index",
        ["docs/glossary.md"] = "definitions",
        ["docs/performance.md"] = "figures of a program that anybody can run",
        ["docs/production-checklist.md"] = "advice, whose pages name the tests",
    };

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

    [Fact]
    public void Every_page_names_the_tests_that_hold_its_guarantees_and_none_is_lost()
    {
        foreach (var (page, text) in Pages.All.Where(one => !one.Page.StartsWith("docs/diagnostics/", StringComparison.Ordinal) && !Without.ContainsKey(one.Page)))
            Assert.InRange(Comment().Count(text), Least.GetValueOrDefault(page, 1), int.MaxValue);
    }

    [Fact]
    public void A_comment_that_begins_as_one_has_its_form()
        => Assert.All(Pages.All, page => Assert.Equal(Beginning().Count(page.Text), Comment().Count(page.Text)));

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

    [GeneratedRegex("<!-- *tests?:?")]
    private static partial Regex Beginning();

    [GeneratedRegex("<!-- test: (?<test>[A-Za-z0-9_]+(\\.[A-Za-z0-9_]+)?) -->")]
    private static partial Regex Comment();

    [GeneratedRegex(@"^public (abstract |sealed |static )?(partial )?class (?<name>\w+)", RegexOptions.Multiline)]
    private static partial Regex Class();

    [GeneratedRegex(@"\[(Fact|Theory)[^\n]*\n(\s*\[[^\n]*\n|\s*//[^\n]*\n)*\s*public (async )?(Task|ValueTask|void) (?<name>\w+)\(")]
    private static partial Regex Method();
}
