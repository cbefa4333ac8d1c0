using System.Text.RegularExpressions;

namespace EventStore.EF.Tests.Architecture;

public partial class StyleTests
{
    private const int MostColumns = 140;

    [Fact]
    public void No_line_is_longer_than_140_columns()
        => Assert.Empty(Lines().Where(line => line.Text.Length > MostColumns).Select(line => $"{line.Place}: {line.Text.Length} columns"));

    /// <summary>One word for one thing: these were replaced by the words that the glossary has.</summary>
    [Fact]
    public void Retired_words_do_not_return()
        => Assert.Empty(Lines().Where(line => Retired().IsMatch(line.Text)).Select(line => $"{line.Place}: {line.Text.Trim()}"));

    private static IEnumerable<(string Place, string Text)> Lines()
        => SourceTree.Instance.Files.SelectMany(file => file.Tree.ToString().Split('\n').Select(
            (text, index) => ($"{file.Path}:{index + 1}", text.TrimEnd('\r'))));

    [GeneratedRegex(
        @"\b(_?[tT]enures?|_?[iI]ntake|_?lanes?|Lane|WakeUp|Apart|HeldBackWatch|StreamWatch|RunawayWatch|StandstillWatch|Heartbeat"
            + "|StoreParts|SubscriptionParts|HostedPart|TransientPart|ISubscriptionPart|SubscriptionRunner|TogetherWriter|CallersWriter"
            + "|CallersScope|WriteInspector|AppendVerdict|AppendSlot|AppendFlight|Life|Met)\\b")]
    private static partial Regex Retired();
}
