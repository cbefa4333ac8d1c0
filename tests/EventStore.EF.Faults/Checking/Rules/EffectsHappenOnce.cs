namespace EventStore.EF.Faults;

/// <summary>A projection that commits its rows with its checkpoint has exactly one row for every stored event.</summary>
internal sealed class EffectsHappenOnce : IHistoryRule
{
    public string Name => "a projection's effects happen exactly once";

    public IEnumerable<Violation> Check(History history)
    {
        foreach (var projection in history.Entries.OfType<Effect>().GroupBy(effect => effect.Projection))
        {
            var deliveries = history.Deliveries[projection.Key].ToLookup(delivery => delivery.Id);
            var effects = projection.ToLookup(effect => effect.Id);
            foreach (var rows in effects.Where(rows => rows.Count() > 1))
                yield return Violation.Of(this, $"{projection.Key} has {rows.Count()} rows for {rows.Key}: doubled", rows, deliveries[rows.Key]);

            foreach (var stored in history.Stored.Select(events => events.First()).Where(stored => !effects.Contains(stored.Id)))
                yield return Violation.Of(this, $"{projection.Key} has no row for {stored.Id} at {stored.Place}: lost", [stored], deliveries[stored.Id]);
        }
    }
}
