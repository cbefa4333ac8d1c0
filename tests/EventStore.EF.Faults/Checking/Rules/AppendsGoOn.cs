namespace EventStore.EF.Faults;

/// <summary>No fault stops all writers for good: as long as they try, an append is acknowledged now and then.</summary>
internal sealed class AppendsGoOn : IHistoryRule
{
    /// <summary>More than the longest fault takes: copying a large database into a new cluster.</summary>
    private const long Patience = 60_000_000_000;

    public string Name => "appends go on after a fault";

    public IEnumerable<Violation> Check(History history)
    {
        HistoryEntry? last = null;
        foreach (var entry in history.Entries.Where(entry => entry is Intended or Acknowledged))
        {
            if (last is not null && entry.Time - last.Time > Patience)
            {
                yield return Violation.Of(
                    this, $"no append was acknowledged for {(entry.Time - last.Time) / 1_000_000_000} s, though writers tried", [last, entry]);
                last = entry;
            }

            if (last is null || entry is Acknowledged)
                last = entry;
        }
    }
}
