namespace EventStore.EF.Faults;

/// <summary>
/// A checkpoint never moves backwards, and neither does the epoch that fences its owners. Only a crash of the server may take the last
/// checkpoints away, which wait for no flush of their own: not one that is older than a second, and never an epoch.
/// </summary>
internal sealed class CheckpointsOnlyRise : IHistoryRule
{
    private const long Unflushed = 1_000_000_000;

    public string Name => "checkpoints only rise";

    public IEnumerable<Violation> Check(History history)
    {
        foreach (var checkpoints in history.Entries.OfType<Checkpointed>().GroupBy(seen => (seen.Subscription, seen.Partition)))
        {
            var before = new List<Checkpointed>();
            foreach (var seen in checkpoints)
            {
                if (before is [.., var last] && (seen.Position < last.Position || seen.Epoch < last.Epoch)
                    && !WentBackBetween(history, last, seen) && !IsUnflushed(history, before, seen))
                {
                    yield return Violation.Of(
                        this, $"{seen.Subscription}/{seen.Partition} went from {last.Position} (epoch {last.Epoch}) back to {seen.Position} (epoch {seen.Epoch})", [last, seen]);
                }

                before.Add(seen);
            }
        }
    }

    private static bool WentBackBetween(History history, Checkpointed before, Checkpointed after)
        => history.Entries.OfType<WentBack>().Any(gap => gap.Since <= after.Time && gap.Time >= before.Time);

    private static bool IsUnflushed(History history, List<Checkpointed> before, Checkpointed after)
        => after.Epoch >= before[^1].Epoch && history.Entries.OfType<ServerCrashed>().Any(crash
            => crash.Since <= after.Time && crash.Time + Unflushed >= before[^1].Time
            && !before.Any(seen => seen.Position > after.Position && seen.Time < crash.Since - Unflushed));
}
