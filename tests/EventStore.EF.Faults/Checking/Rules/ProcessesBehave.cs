namespace EventStore.EF.Faults;

/// <summary>No process ends by itself, and whatever the store refuses it refuses with an exception of its own.</summary>
internal sealed class ProcessesBehave : IHistoryRule
{
    public string Name => "processes live on, and refusals are typed";

    public IEnumerable<Violation> Check(History history)
        => history.Entries.OfType<Misbehaved>().Select(entry => Violation.Of(this, $"{entry.Process}: {entry.What}", [entry]));
}
