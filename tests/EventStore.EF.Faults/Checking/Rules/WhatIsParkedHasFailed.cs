namespace EventStore.EF.Faults;

/// <summary>An event is parked because of an error only after its handler has failed on it, however often processes were killed meanwhile.</summary>
internal sealed class WhatIsParkedHasFailed : IHistoryRule
{
    public string Name => "what is parked has failed";

    public IEnumerable<Violation> Check(History history)
    {
        var failed = history.Entries.OfType<Failed>().Select(failure => (failure.Subscription, failure.Id)).ToHashSet();
        foreach (var parked in history.Entries.OfType<Parked>().Where(parked => !failed.Contains((parked.Subscription, parked.Id))))
        {
            yield return Violation.Of(
                this, $"{parked.Subscription} parked {parked.Id}, on which no handler has failed", [parked],
                history.Deliveries[parked.Subscription].Where(delivery => delivery.Id == parked.Id));
        }
    }
}
