using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;

namespace EventStore.EF.Generators.Contracts;

/// <summary>What EventContracts.txt records, and what is wrong with the file.</summary>
internal sealed class ContractFile
{
    public const string FileName = "EventContracts.txt";

    private readonly Dictionary<string, List<ContractLine>> _events = new(StringComparer.Ordinal);
    private readonly Dictionary<string, TextSpan> _firstLines = new(StringComparer.Ordinal);
    private readonly List<(TextSpan Span, string Text, string Problem)> _problems = [];

    private ContractFile()
    {
    }

    /// <summary>The recorded events by name and version.</summary>
    public IReadOnlyDictionary<string, List<ContractLine>> Events => _events;

    /// <summary>Lines that are none, and second lines about the same.</summary>
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
                file._problems.Add((line.Span, content, first == contract ? "it is there twice" : $"'{first}' is there as well; keep the one that is true"));
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

    private static string Malformed(string content)
        => content.StartsWith("<<<<<<<", StringComparison.Ordinal) || content.StartsWith(">>>>>>>", StringComparison.Ordinal)
            || content.StartsWith("=======", StringComparison.Ordinal) || content.StartsWith("|||||||", StringComparison.Ordinal)
            ? "it was left by a merge; keep the lines of both sides and delete the marks"
            : "a line is 'event/version path type'";
}
