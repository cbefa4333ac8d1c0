namespace EventStore.EF.Faults;

/// <summary>Holds a history against every promise.</summary>
internal static class HistoryChecker
{
    /// <summary>Every rule there is.</summary>
    public static IReadOnlyList<IHistoryRule> Rules { get; } =
    [
        new AnswersAreTrue(),
        new NothingUncommittedIsSeen(),
        new EveryEventIsDelivered(),
        new EffectsHappenOnce(),
        new StreamsAreContiguous(),
        new OrderIsTheSameForAll(),
        new ExpectedVersionsHold(),
        new CheckpointsOnlyRise(),
        new LossesAreReported(),
        new NewcomersMissNothing(),
        new WhatIsParkedHasFailed(),
        new OneLockStopsOneSubscription(),
        new AppendsGoOn(),
        new ProcessesBehave(),
    ];

    /// <summary>Of a rule that is broken everywhere, so many breaches are enough.</summary>
    private const int MostOfARule = 100;

    /// <summary>What is broken, the clearest first: by the length of what shows it.</summary>
    public static IReadOnlyList<Violation> Check(History history)
        => [.. Rules.SelectMany(rule => rule.Check(history).Take(MostOfARule)).OrderBy(violation => violation.Trace.Count)];
}
