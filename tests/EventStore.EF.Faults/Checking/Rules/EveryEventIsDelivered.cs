namespace EventStore.EF.Faults;

/// <summary>Every subscription is given every stored event at least once, whether its writer lived to hear of it or not.</summary>
internal sealed class EveryEventIsDelivered : IHistoryRule
{
    public string Name => "every event is delivered at least once";

    public IEnumerable<Violation> Check(History history)
    {
        var writers = history.Operations.Values.SelectMany(operation => operation.Ids.Select(id => (id, operation))).ToDictionary();
        foreach (var subscription in history.Subscriptions)
        {
            var given = history.Deliveries[subscription.Subscription].GroupBy(delivery => delivery.Id).ToDictionary(group => group.Key, group => group.Last());
            foreach (var stored in history.Stored.Select(events => events.First()).Where(stored => !given.ContainsKey(stored.Id)))
            {
                var neighbours = given.Values.Where(delivery => Math.Abs(delivery.Place.Position - stored.Place.Position) <= 1);
                yield return Violation.Of(
                    this, $"{subscription.Subscription} was never given {stored.Id} at {stored.Place}: lost",
                    writers.TryGetValue(stored.Id, out var writer) ? writer.Trace : [], [stored], neighbours);
            }
        }
    }
}
