namespace EventStore.EF.Faults;

/// <summary>A broken promise.</summary>
/// <param name="Rule">The promise's rule.</param>
/// <param name="What">What is wrong, with the values.</param>
/// <param name="Trace">The entries that show it, and no others.</param>
internal sealed record Violation(string Rule, string What, IReadOnlyList<HistoryEntry> Trace)
{
    public static Violation Of(IHistoryRule rule, string what, params IEnumerable<HistoryEntry>[] trace)
        => new(rule.Name, what, [.. trace.SelectMany(entries => entries).Distinct().OrderBy(entry => entry.Time)]);
}
