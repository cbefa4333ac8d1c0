namespace EventStore.EF.Faults;

/// <summary>One append with all that was heard of it.</summary>
internal sealed class Operation(IReadOnlyList<Intended> intents)
{
    public string Name => Intent.Operation;

    /// <summary>The first try.</summary>
    public Intended Intent => intents[0];

    /// <summary>What came back, by time. More than one when it was repeated.</summary>
    public List<HistoryEntry> Answers { get; } = [];

    public Acknowledged? Acknowledged => Answers.OfType<Acknowledged>().FirstOrDefault();

    /// <summary>
    /// The answer to the last try, if that was a refusal. It speaks for the earlier tries, of which nothing was heard: each has the same ids,
    /// and what is refused to the last is refused to them.
    /// </summary>
    public Refused? Refused => Acknowledged is null && Answers is [.., Refused refused] && refused.Time >= intents[^1].Time ? refused : null;

    public IEnumerable<Guid> Ids => Intent.Appends.SelectMany(append => append.Ids);

    /// <summary>It took effect, if at all, not before this …</summary>
    public long From => Intent.Time;

    /// <summary>Nothing of it was committed before this moment.</summary>
    public long NotCommittedUntil { get; set; } = intents[0].Time;

    /// <summary>… and, if it was answered, not after this.</summary>
    public long Until => Acknowledged?.Time ?? Refused?.Time ?? long.MaxValue;

    /// <summary>What a violation shows of it.</summary>
    public IEnumerable<HistoryEntry> Trace => [.. intents, .. Answers];
}
