namespace EventStore.EF.Faults;

/// <summary>A checkpoint never moves backwards, and neither does the epoch that fences its owners.</summary>
internal sealed class CheckpointsOnlyRise : IHistoryRule
{
    public string Name => "checkpoints only rise";

    public IEnumerable<Violation> Check(History history)
    {
        foreach (var checkpoints in history.Entries.OfType<Checkpointed>().GroupBy(seen => (seen.Subscription, seen.Partition)))
        {
            Checkpointed? before = null;
            foreach (var seen in checkpoints)
            {
                if (before is not null && (seen.Position < before.Position || seen.Epoch < before.Epoch) && !WentBackBetween(history, before, seen))
                {
                    yield return Violation.Of(
                        this, $"{seen.Subscription}/{seen.Partition} went from {before.Position} (epoch {before.Epoch}) back to {seen.Position} (epoch {seen.Epoch})", [before, seen]);
                }

                before = seen;
            }
        }
    }

    private static bool WentBackBetween(History history, Checkpointed before, Checkpointed after)
        => history.Entries.OfType<WentBack>().Any(gap => gap.Since <= after.Time && gap.Time >= before.Time);
}
