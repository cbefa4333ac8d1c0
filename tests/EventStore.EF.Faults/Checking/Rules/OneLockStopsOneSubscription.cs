namespace EventStore.EF.Faults;

/// <summary>While the row of one subscription is locked, the others are given what is appended.</summary>
internal sealed class OneLockStopsOneSubscription : IHistoryRule
{
    /// <summary>Events that were acknowledged so long before the lock ended are to be delivered by then.</summary>
    private const long Patience = 3_000_000_000;

    public string Name => "a locked row stops one subscription";

    public IEnumerable<Violation> Check(History history)
    {
        foreach (var locked in history.Entries.OfType<RowLocked>())
        {
            var acknowledged = history.Operations.Values
                .Where(operation => operation.Acknowledged is { } answer && answer.Time > locked.Since && answer.Time < locked.Time - Patience)
                .ToArray();
            if (acknowledged.Length == 0)
                continue;

            foreach (var subscription in history.Subscriptions.Where(subscription => subscription.Subscription != locked.Subscription))
            {
                if (!history.Deliveries[subscription.Subscription].Any(delivery => delivery.Time > locked.Since && delivery.Time < locked.Time))
                {
                    yield return Violation.Of(
                        this, $"{subscription.Subscription} was given nothing while the row of {locked.Subscription} was locked, and {acknowledged.Length} appends were acknowledged",
                        [locked], acknowledged[0].Trace);
                }
            }
        }
    }
}
