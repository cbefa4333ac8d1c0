namespace EventStore.EF.Benchmarks;

/// <summary>What is subscribed to, and what that is meant to reach beside the floor.</summary>
internal static class SubscriptionCases
{
    public static IReadOnlyList<BenchmarkCase> All { get; } =
    [
        new HandlerCatchUpCase("catch-up over 100,000 events, empty typed handler", Reach.RatioAtLeast(0.7)),
        new AcknowledgedCatchUpCase("catch-up over 100,000 events, an ack per event", Reach.RatioAtLeast(0.5)),
        new ProjectionCase("projection, a row per event", Reach.RatioAtLeast(0.6)),
        new LatencyCase("append to handler, in the process", IsApart: false, Reach.AtMost(1), Reach.AtMost(5)),
        new LatencyCase("append to handler, another application", IsApart: true, Reach.AtMost(5), null),
        new KeepUpCase("10 callers appending, a subscriber beside them", Reach.RatioAtLeast(0.85), Reach.AtMost(5000)),
    ];
}
