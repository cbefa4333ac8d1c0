namespace EventStore.EF.Faults;

/// <summary>A subscription that begins at the end is given whatever was not committed when the store had answered, up to the last event that it got.</summary>
internal sealed class NewcomersMissNothing : IHistoryRule
{
    public string Name => "who subscribes at the end misses nothing";

    public IEnumerable<Violation> Check(History history)
    {
        var gaps = history.Entries.OfType<WentBack>().ToArray();
        var later = history.Operations.Values
            .OrderBy(operation => operation.NotCommittedUntil)
            .SelectMany(operation => operation.Ids, (operation, id) => (Operation: operation, Stored: history.Stored[id].FirstOrDefault()))
            .Where(written => written.Stored is not null)
            .ToArray();
        var times = Array.ConvertAll(later, written => written.Operation.NotCommittedUntil);
        foreach (var joined in history.Entries.OfType<Joined>())
        {
            var given = history.Deliveries[joined.Subscription].DistinctBy(delivery => delivery.Id).ToDictionary(delivery => delivery.Id);
            if (given.Count == 0)
                continue;

            var (last, end) = (given.Values.Max(delivery => delivery.Place.Position), given.Values.Max(delivery => delivery.Time));
            if (gaps.Any(gap => gap.Since <= end && gap.Time >= joined.Time))
                continue;

            for (var index = FirstAfter(times, joined.Time); index < later.Length && times[index] < end; index++)
            {
                var (operation, stored) = later[index];
                if (stored!.Place.Position < last && !given.ContainsKey(stored.Id))
                {
                    yield return Violation.Of(
                        this, $"{joined.Subscription} was never given {stored.Id} at {stored.Place}, which was not committed when it subscribed: lost",
                        [joined, stored], operation.Trace, [given.Values.MaxBy(delivery => delivery.Place.Position)!]);
                }
            }
        }
    }

    private static int FirstAfter(long[] times, long time)
    {
        var index = Array.BinarySearch(times, time);
        index = index < 0 ? ~index : index;
        while (index < times.Length && times[index] <= time)
            index++;

        return index;
    }
}
