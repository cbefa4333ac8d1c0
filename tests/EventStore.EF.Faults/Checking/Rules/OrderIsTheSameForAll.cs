namespace EventStore.EF.Faults;

/// <summary>
/// Leaving aside what is given again, every subscription is given the events in order of position, so all see one order; a partitioned one
/// the events of each stream.
/// </summary>
internal sealed class OrderIsTheSameForAll : IHistoryRule
{
    public string Name => "all subscriptions see the same order";

    public IEnumerable<Violation> Check(History history)
    {
        foreach (var subscription in history.Subscriptions)
        {
            var last = new Dictionary<string, Delivered>();
            var given = new HashSet<Guid>();
            foreach (var delivery in history.Deliveries[subscription.Subscription])
            {
                if (!given.Add(delivery.Id) || history.LostIds.Contains(delivery.Id))
                    continue;

                var key = subscription.IsPartitioned ? delivery.Place.Stream : "";
                if (last.TryGetValue(key, out var before) && before.Place.Position >= delivery.Place.Position && !WentBackBetween(history, before, delivery))
                {
                    yield return Violation.Of(
                        this, $"{subscription.Subscription} was given {delivery.Place} for the first time after {before.Place}: swapped", [before, delivery]);
                }
                else
                {
                    last[key] = delivery;
                }
            }
        }
    }

    private static bool WentBackBetween(History history, Delivered before, Delivered after)
        => history.Entries.OfType<WentBack>().Any(gap => gap.Since <= after.Time && gap.Time >= before.Time);
}
