namespace EventStore.EF.Faults;

/// <summary>When the database went back to before what a subscription had already been given, somebody says so.</summary>
internal sealed class LossesAreReported : IHistoryRule
{
    public string Name => "losses are reported";

    public IEnumerable<Violation> Check(History history)
    {
        var reports = history.Entries.OfType<LossReported>().ToArray();
        foreach (var gap in history.Entries.OfType<WentBack>())
        {
            var given = history.Entries.OfType<Delivered>().Where(delivery => delivery.Time <= gap.Time && history.LostIds.Contains(delivery.Id)).ToArray();
            if (given.Length > 0 && !reports.Any(report => report.Time >= gap.Since))
                yield return Violation.Of(this, $"{given.Length} deliveries were of events that are gone now, and nobody reported it", [gap], given.Take(1));
        }
    }
}
