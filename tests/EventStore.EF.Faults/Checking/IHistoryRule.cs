namespace EventStore.EF.Faults;

/// <summary>One promise of the store, and how a history breaks it.</summary>
internal interface IHistoryRule
{
    /// <summary>The promise in a few words.</summary>
    string Name { get; }

    /// <summary>Every breach there is.</summary>
    IEnumerable<Violation> Check(History history);
}
