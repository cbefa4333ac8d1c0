namespace EventStore.EF.Faults;

/// <summary>How long acknowledged events waited for their first delivery.</summary>
internal static class Stalls
{
    /// <summary>The name of the time before the first fault.</summary>
    public const string NoFault = "(none)";

    /// <summary>The longest wait of each fault: of the events that were delivered after it began, and before the next one did.</summary>
    public static IReadOnlyDictionary<string, TimeSpan> Longest(History history)
    {
        var acknowledged = history.Operations.Values
            .Where(operation => operation.Acknowledged is not null)
            .SelectMany(operation => operation.Ids, (operation, id) => (Id: id, operation.Acknowledged!.Time))
            .ToDictionary(pair => pair.Id, pair => pair.Time);
        var longest = new Dictionary<string, TimeSpan>();
        var seen = new HashSet<(string, Guid)>();
        var fault = NoFault;
        foreach (var entry in history.Entries)
        {
            if (entry is FaultBegan began)
                fault = began.Fault;
            else if (entry is Delivered delivery && seen.Add((delivery.Subscription, delivery.Id)) && acknowledged.TryGetValue(delivery.Id, out var since))
                longest[fault] = Longer(longest.GetValueOrDefault(fault), TimeSpan.FromMicroseconds((entry.Time - since) / 1000));
        }

        return longest;
    }

    private static TimeSpan Longer(TimeSpan one, TimeSpan other) => one > other ? one : other;
}
