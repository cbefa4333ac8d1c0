using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;

namespace EventStore.EF.Generators.Contracts;

/// <summary>The content of EventContracts.txt, and its malformed and duplicate lines.</summary>
internal sealed class ContractFile
{
    public const string FileName = "EventContracts.txt";

    private readonly Dictionary<string, List<ContractLine>> _events = new(StringComparer.Ordinal);
    private readonly Dictionary<string, TextSpan> _firstLines = new(StringComparer.Ordinal);
    private readonly List<(TextSpan Span, string Text, string Problem)> _problems = [];

    private ContractFile()
    {
    }

    /// <summary>The lines of each recorded event, by <c>name/version</c>.</summary>
    public IReadOnlyDictionary<string, List<ContractLine>> Events => _events;

    /// <summary>The malformed lines, and those about a path that already has a line.</summary>
    public IReadOnlyList<(TextSpan Span, string Text, string Problem)> Problems => _problems;

    /// <summary>The first line of a recorded event.</summary>
    public TextSpan FirstLine(string @event) => _firstLines[@event];

    /// <summary>The contract file among the additional files, if the project has one.</summary>
    public static AdditionalText? Find(IEnumerable<AdditionalText> files) => files.FirstOrDefault(IsContractFile);

    public static bool IsContractFile(AdditionalText file)
        => string.Equals(Path.GetFileName(file.Path), FileName, StringComparison.OrdinalIgnoreCase);

    public static ContractFile Parse(SourceText text)
    {
        var file = new ContractFile();
        var seen = new Dictionary<string, ContractLine>(StringComparer.Ordinal);
        foreach (var line in text.Lines)
        {
            var content = line.ToString().Trim();
            if (content.Length == 0)
                continue;
            if (ContractLine.Parse(content) is not { } contract)
                file._problems.Add((line.Span, content, Malformed(content)));
            else if (seen.TryGetValue(contract.Key, out var first))
                file._problems.Add((line.Span, content, Repeated(contract, first)));
            else
                file.Add(contract, line.Span, seen);
        }

        return file;
    }

    private void Add(ContractLine line, TextSpan span, Dictionary<string, ContractLine> seen)
    {
        seen.Add(line.Key, line);
        if (!_events.TryGetValue(line.Event, out var lines))
        {
            _events.Add(line.Event, lines = []);
            _firstLines.Add(line.Event, span);
        }

        lines.Add(line);
    }

    private static string Repeated(ContractLine line, ContractLine first)
        => first == line ? "it occurs twice" : $"it contradicts '{first}'; keep the correct one";

    private static string Malformed(string content)
        => content.StartsWith("<<<<<<<", StringComparison.Ordinal) || content.StartsWith(">>>>>>>", StringComparison.Ordinal)
            || content.StartsWith("=======", StringComparison.Ordinal) || content.StartsWith("|||||||", StringComparison.Ordinal)
            ? "it was left by a merge; keep the lines of both sides and delete the markers"
            : "a line has the form 'event/version path type'";
}
