namespace EventStore.EF.Faults;

/// <summary>Whatever was delivered, or had an effect, is stored, and at the very place that the delivery named.</summary>
internal sealed class NothingUncommittedIsSeen : IHistoryRule
{
    public string Name => "nothing is seen that was never committed";

    public IEnumerable<Violation> Check(History history)
    {
        foreach (var delivery in history.Entries.OfType<Delivered>())
        {
            var stored = history.Stored[delivery.Id].FirstOrDefault();
            if (stored is null && !history.LostIds.Contains(delivery.Id))
                yield return Violation.Of(this, $"{delivery.Subscription} was given {delivery.Id}, a phantom: nothing like it is stored", [delivery]);
            else if (stored is not null && stored.Place != delivery.Place && !WasStoredAnew(history, delivery))
                yield return Violation.Of(this, $"{delivery.Subscription} was given {delivery.Id} at {delivery.Place}; it is stored at {stored.Place}", [delivery, stored]);
        }

        var intended = history.Operations.Values.SelectMany(operation => operation.Ids).ToHashSet();
        foreach (var stored in history.Entries.OfType<Stored>().Where(stored => !intended.Contains(stored.Id)))
            yield return Violation.Of(this, $"{stored.Id} is stored at {stored.Place}, and whoever appended it rolled it back", [stored]);

        foreach (var effect in history.Entries.OfType<Effect>().Where(effect => !history.Stored.Contains(effect.Id)))
            yield return Violation.Of(this, $"{effect.Projection} has a row for {effect.Id}, a phantom: nothing like it is stored", [effect]);
    }

    /// <summary>A writer repeated the append after the database had gone back to before it.</summary>
    private static bool WasStoredAnew(History history, Delivered delivery)
        => history.Entries.OfType<WentBack>().Any(gap => delivery.Time <= gap.Time);
}
