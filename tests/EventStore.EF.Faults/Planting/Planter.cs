namespace EventStore.EF.Faults;

/// <summary>Spoils a sound history in one place.</summary>
internal sealed class Planter(IReadOnlyList<HistoryEntry> sound, Random random)
{
    /// <exception cref="InvalidOperationException">The history has nothing to spoil in this way.</exception>
    public IReadOnlyList<HistoryEntry> Spoil(Plant plant) => plant switch
    {
        Plant.Lost => Lose(),
        Plant.Doubled => Double(),
        Plant.Swapped => Swap(),
        _ => [.. sound, Any(sound.OfType<Delivered>()) with { Id = Guid.NewGuid() }],
    };

    private IReadOnlyList<HistoryEntry> Double()
    {
        var effect = Any(sound.OfType<Effect>());
        return [.. sound, effect with { Time = effect.Time + 1 }];
    }

    private IReadOnlyList<HistoryEntry> Lose()
    {
        var lost = Any(sound.OfType<Delivered>());
        return [.. sound.Where(entry => entry is not Delivered delivery || delivery.Id != lost.Id || delivery.Subscription != lost.Subscription)];
    }

    /// <summary>Two neighbours that were given once each: of what was given again, an earlier copy would hide the change.</summary>
    private IReadOnlyList<HistoryEntry> Swap()
    {
        var whole = sound.OfType<Subscribed>().Where(subscribed => !subscribed.IsPartitioned).Select(subscribed => subscribed.Subscription).ToHashSet();
        var pairs = sound.OfType<Delivered>()
            .Where(delivery => whole.Contains(delivery.Subscription))
            .GroupBy(delivery => delivery.Subscription)
            .Select(given => given.GroupBy(delivery => delivery.Id).Where(copies => copies.Count() == 1).Select(copies => copies.First()).OrderBy(delivery => delivery.Time).ToArray())
            .SelectMany(given => given.Zip(given.Skip(1)));
        var (first, second) = Any(pairs);
        return [.. sound.Select(entry => entry == first ? second with { Time = first.Time } : entry == second ? first with { Time = second.Time } : entry)];
    }

    private T Any<T>(IEnumerable<T> candidates)
        => candidates.ToArray() is { Length: > 0 } all ? all[random.Next(all.Length)] : throw new InvalidOperationException($"The history has no {typeof(T).Name}.");
}
