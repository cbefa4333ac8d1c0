namespace EventStore.EF.Faults;

/// <summary>What a run has shown.</summary>
/// <param name="History">All that happened.</param>
/// <param name="Struck">How often each fault struck.</param>
/// <param name="Violations">What is broken, the clearest first.</param>
internal sealed record Outcome(History History, IReadOnlyDictionary<string, int> Struck, IReadOnlyList<Violation> Violations);
