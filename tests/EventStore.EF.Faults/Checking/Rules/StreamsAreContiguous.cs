namespace EventStore.EF.Faults;

/// <summary>The versions of a stream are 1, 2, 3 … and its positions rise with them; no position is used twice.</summary>
internal sealed class StreamsAreContiguous : IHistoryRule
{
    public string Name => "versions are contiguous and positions rise";

    public IEnumerable<Violation> Check(History history)
    {
        var all = history.Entries.OfType<Stored>().ToArray();
        foreach (var shared in all.GroupBy(stored => stored.Place.Position).Where(events => events.Count() > 1))
            yield return Violation.Of(this, $"position {shared.Key} is used {shared.Count()} times", shared);

        foreach (var stream in all.GroupBy(stored => stored.Place.Stream))
        {
            Stored? before = null;
            foreach (var stored in stream.OrderBy(stored => stored.Place.Version))
            {
                if (stored.Place.Version != (before?.Place.Version ?? 0) + 1)
                    yield return Violation.Of(this, $"stream {stream.Key} goes from version {before?.Place.Version ?? 0} to {stored.Place.Version}", before is null ? [] : [before], [stored]);
                else if (stored.Place.Position <= before?.Place.Position)
                    yield return Violation.Of(this, $"stream {stream.Key}: position {stored.Place.Position} of version {stored.Place.Version} is not above {before.Place.Position}", [before, stored]);

                before = stored;
            }
        }
    }
}
