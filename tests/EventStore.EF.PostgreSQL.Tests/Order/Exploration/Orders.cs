namespace EventStore.EF.PostgreSQL.Tests.Order.Exploration;

/// <summary>All orders in which appenders can take their steps.</summary>
public static class Orders
{
    /// <summary>Every choice of so many fates, each choice once whatever the order of its members.</summary>
    public static IEnumerable<Fate[]> Choices(int appenders, params Fate[] fates)
        => appenders == 0
            ? [[]]
            : fates.SelectMany((fate, index) => Choices(appenders - 1, fates[index..]).Select(Fate[] (rest) => [fate, .. rest]));

    /// <summary>
    /// Every order of the steps of these appenders, as the index of who steps. Appenders of one fate are interchangeable: the one named
    /// first steps first.
    /// </summary>
    public static IEnumerable<ExploredOrder> Of(params Fate[] fates)
        => Interleave([.. fates.Select(Appender.StepsOf)]).Where(order => IsCanonical(fates, order)).Select(order => new ExploredOrder(fates, order));

    private static IEnumerable<int[]> Interleave(int[] left)
        => left.All(steps => steps == 0)
            ? [[]]
            : Enumerable.Range(0, left.Length).Where(index => left[index] > 0).SelectMany(index =>
            {
                var rest = left.ToArray();
                rest[index]--;
                return Interleave(rest).Select(int[] (order) => [index, .. order]);
            });

    private static bool IsCanonical(Fate[] fates, int[] order)
        => Enumerable.Range(1, fates.Length - 1).All(index =>
            fates[index] != fates[index - 1] || Array.IndexOf(order, index - 1) < Array.IndexOf(order, index));
}

/// <summary>One order of the steps of some appenders.</summary>
/// <param name="Fates">Of the appenders.</param>
/// <param name="Steps">Whose step is next, by index.</param>
public sealed record ExploredOrder(IReadOnlyList<Fate> Fates, IReadOnlyList<int> Steps)
{
    /// <inheritdoc/>
    public override string ToString()
        => $"{string.Join(" and ", Fates.Select((fate, index) => $"{(char)('A' + index)} {fate}"))}, stepping {string.Concat(Steps.Select(step => (char)('A' + step)))}";
}
